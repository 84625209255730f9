import Billing
import Ledger
import LedgerScene
import Testing

/// When an endpoint is disabled, without any store.
@Suite struct EndpointHealthTests {
    private static let start = instant("2026-01-01T00:00:00Z")
    private static let hour = 3_600
    private static let day = 24 * hour

    private let failure = DeliveryAttempt.Outcome.retry(at: start)

    private func at(_ seconds: Int) -> Instant { Self.start + .seconds(seconds) }

    @Test(arguments: [
        ("one failure", [0], 0, nil),
        ("short of five days", [0, 2 * day, 4 * day, 5 * day - 1], 0, nil),
        ("five days", [0, 2 * day, 4 * day, 5 * day], 0, EndpointHealth.Disabling.failing),
        ("long after", [0, 30 * day], 30 * day, nil),
        ("one gap too long", [0, 2 * day, 4 * day + 1, 5 * day], 4 * day + 1, nil),
        (
            "five days after a gap",
            [0, 30 * day, 32 * day, 34 * day, 35 * day], 30 * day, .failing
        ),
        ("many in one day", Array(0..<100), 0, nil),
        ("out of order", [hour, 0, 48 * hour, 96 * hour, 5 * day], 0, .failing),
    ])
    func failures(
        _ name: String, _ seconds: [Int], _ since: Int, _ expected: EndpointHealth.Disabling?
    ) {
        var health = EndpointHealth()
        var found: EndpointHealth.Disabling?
        for second in seconds { found = health.note(failure, at: at(second)) }
        #expect(found == expected, "\(name)")
        #expect(health.disabledBy == expected)
        #expect(health.failures == at(since)...at(seconds.max() ?? 0), "\(name)")
    }

    /// Whoever fails the contract's whole schedule, one attempt after the other, fails without a gap.
    @Test func theScheduleLeavesNoGap() {
        var health = EndpointHealth()
        // The waits of the schedule in seconds, each with all of its jitter, for two messages.
        let waits = [5, 300, 1_800, 7_200, 18_000, 36_000, 50_400, 72_000, 86_400].map {
            $0 + $0 / 10
        }
        var now = 0
        var found: EndpointHealth.Disabling?
        for wait in waits + waits {
            #expect(found == nil)
            found = health.note(failure, at: at(now))
            if found != nil { break }
            now += wait
        }
        #expect(health.failingSince == at(0))
        #expect(found == .failing)
    }

    @Test func aSuccessBeginsTheCountAnew() {
        var health = EndpointHealth()
        _ = health.note(failure, at: at(0))
        _ = health.note(.delivered, at: at(Self.day))
        #expect(health == EndpointHealth())
        for day in 2...6 { #expect(health.note(failure, at: at(day * Self.day)) == nil) }
        #expect(health.note(.failed, at: at(7 * Self.day)) == .failing)
    }

    @Test func goneDisablesAtOnce() {
        var health = EndpointHealth()
        #expect(health.note(.endpointDisabled, at: at(0)) == .gone)
        // What was under way besides tells nothing new.
        #expect(health.note(failure, at: at(9 * Self.day)) == nil)
        #expect(health.disabledBy == .gone)
    }
}
