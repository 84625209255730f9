import Billing
import Ledger
import LedgerScene
import Testing

/// When an endpoint is disabled, without any store.
@Suite struct EndpointHealthTests {
    private static let start = instant("2026-01-01T00:00:00Z")
    private static let day = 24 * 3_600

    private func attempt(
        _ outcome: DeliveryAttempt.Outcome, _ seconds: Int
    ) -> DeliveryAttempt {
        let at = Self.start + .seconds(seconds)
        return DeliveryAttempt(deliveryId: 1, outcome: outcome, log: LoggedAttempt(at: at))
    }

    private var failure: DeliveryAttempt.Outcome { .retry(at: Self.start) }

    @Test(arguments: [
        ("one failure", [0], nil), ("short of five days", [0, 5 * day - 1], nil),
        ("five days", [0, 5 * day], EndpointHealth.Disabling.failing),
        ("long after", [0, 30 * day], .failing),
        ("many in one day", Array(0..<100), nil),
        ("out of order", [5 * day - 1, 0, 5 * day], .failing),
    ])
    func failures(_ name: String, _ seconds: [Int], _ expected: EndpointHealth.Disabling?) {
        var health = EndpointHealth()
        var found: EndpointHealth.Disabling?
        for second in seconds { found = health.note(attempt(failure, second)) }
        #expect(found == expected, "\(name)")
        #expect(health.disabledBy == expected)
        #expect(health.failingSince == Self.start)
    }

    @Test func aSuccessBeginsTheCountAnew() {
        var health = EndpointHealth()
        _ = health.note(attempt(failure, 0))
        _ = health.note(attempt(.delivered, 4 * Self.day))
        #expect(health == EndpointHealth())
        #expect(health.note(attempt(failure, 6 * Self.day)) == nil)
        #expect(health.note(attempt(.failed, 11 * Self.day)) == .failing)
    }

    @Test func goneDisablesAtOnce() {
        var health = EndpointHealth()
        #expect(health.note(attempt(.endpointDisabled, 0)) == .gone)
        // What was under way besides tells nothing new.
        #expect(health.note(attempt(failure, 9 * Self.day)) == nil)
        #expect(health.disabledBy == .gone)
    }
}
