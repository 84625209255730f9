import TestRandom
import Testing
import Webhooks

private let second: Int64 = 1_000_000
private let minute = 60 * second
private let hour = 60 * minute
private let day = 24 * hour
/// 2026-01-01T00:00:00Z.
private let now: Int64 = 1_767_225_600 * second

struct DeliveryStateMachineTests {
    let exact = DeliveryStateMachine(
        schedule: DeliverySchedule(
            delaysMicroseconds: DeliverySchedule.standard.delaysMicroseconds, jitterPercent: 0))

    func decide(
        _ machine: DeliveryStateMachine, _ outcome: AttemptOutcome, attempt: Int, seed: UInt64 = 0
    ) -> DeliveryDecision {
        var generator = SeededRandom(seed: seed)
        return machine.decide(
            after: outcome, attempt: attempt, nowMicroseconds: now, using: &generator)
    }

    @Test(arguments: [
        (1, 5 * second), (2, 5 * minute), (3, 30 * minute), (4, 2 * hour), (5, 5 * hour),
        (6, 10 * hour), (7, 14 * hour), (8, 20 * hour), (9, 24 * hour),
    ])
    func contractsSchedule(attempt: Int, delay: Int64) {
        let decision = decide(exact, .unanswered, attempt: attempt)
        #expect(decision == .retry(at: now + delay))
    }

    @Test(arguments: [10, 11, 1_000])
    func afterTheLastAttemptItFails(attempt: Int) {
        #expect(DeliverySchedule.standard.attempts == 10)
        #expect(decide(exact, .unanswered, attempt: attempt) == .failed)
        let asked = AttemptOutcome.answered(statusCode: 429, retryAfter: "1")
        #expect(decide(exact, asked, attempt: attempt) == .failed)
    }

    @Test(arguments: [200, 201, 202, 204, 299])
    func delivered(status: Int) {
        let outcome = AttemptOutcome.answered(statusCode: status, retryAfter: "60")
        for attempt in [1, 10] {
            #expect(decide(exact, outcome, attempt: attempt) == .delivered)
        }
    }

    @Test func goneDisablesTheEndpoint() {
        let outcome = AttemptOutcome.answered(statusCode: 410, retryAfter: nil)
        for attempt in [1, 10] {
            #expect(decide(exact, outcome, attempt: attempt) == .endpointDisabled)
        }
    }

    @Test(arguments: [0, 101, 199, 300, 301, 302, 307, 308, 400, 401, 404, 429, 500, 503, 999])
    func triedAgain(status: Int) {
        let outcome = AttemptOutcome.answered(statusCode: status, retryAfter: nil)
        #expect(decide(exact, outcome, attempt: 1) == .retry(at: now + 5 * second))
    }

    @Test(arguments: [
        ("longer than the schedule", "120", 1, 120 * second),
        ("shorter than the schedule", "1", 2, 5 * minute),
        ("zero", "0", 1, 5 * second),
        ("bounded to a day", "604800", 1, day),
        ("more than a number holds", "99999999999999999999999", 1, day),
        ("more than microseconds hold", "9223372036854775807", 1, day),
        ("a date", "Thu, 01 Jan 2026 01:00:00 GMT", 1, hour),
        ("a date in the past", "Thu, 01 Jan 2015 00:00:00 GMT", 1, 5 * second),
        ("a date far ahead", "Fri, 01 Jan 2100 00:00:00 GMT", 1, day),
        ("RFC 850's form", "Thursday, 01-Jan-26 01:00:00 GMT", 1, hour),
        ("asctime's form", "Thu Jan  1 01:00:00 2026", 1, hour),
        ("a negative number", "-5", 1, 5 * second),
        ("a fraction", "120.5", 1, 5 * second),
        ("nonsense", "soon", 1, 5 * second),
        ("empty", "", 1, 5 * second),
        ("no such day", "Mon, 30 Feb 2026 00:00:00 GMT", 1, 5 * second),
        ("another zone", "Thu, 01 Jan 2026 01:00:00 CET", 1, 5 * second),
    ])
    func retryAfter(name: String, value: String, attempt: Int, delay: Int64) {
        let outcome = AttemptOutcome.answered(statusCode: 503, retryAfter: value)
        #expect(decide(exact, outcome, attempt: attempt) == .retry(at: now + delay))
    }

    @Test func jitterOnlyAddsAndStaysWithinItsShare() {
        let machine = DeliveryStateMachine()
        var seen: Set<Int64> = []
        for seed in 0..<200 as Range<UInt64> {
            for attempt in 1...9 {
                let base = DeliverySchedule.standard.delaysMicroseconds[attempt - 1]
                guard
                    case .retry(let instant) = decide(
                        machine, .unanswered, attempt: attempt, seed: seed)
                else {
                    Issue.record("attempt \(attempt), seed \(seed)")
                    continue
                }
                #expect((base...base + base / 10).contains(instant - now))
                if attempt == 1 { seen.insert(instant) }
            }
        }
        #expect(seen.count > 190)
    }

    @Test func jitterFollowsItsGenerator() {
        let machine = DeliveryStateMachine()
        let one = decide(machine, .unanswered, attempt: 3, seed: 7)
        #expect(one == decide(machine, .unanswered, attempt: 3, seed: 7))
        #expect(one != decide(machine, .unanswered, attempt: 3, seed: 8))
    }

    /// The century of a two-digit year and leap days, through the only door there is.
    @Test(arguments: [
        ("leap day", "Tue, 29 Feb 2028 00:00:00 GMT", Int64(1_835_395_200)),
        ("no leap day", "Wed, 29 Feb 2027 00:00:00 GMT", nil),
        ("leap second", "Sat, 31 Dec 2016 23:59:60 GMT", 1_483_228_800),
        ("epoch", "Thu, 01 Jan 1970 00:00:00 GMT", 0),
        ("the specification's own", "Sun, 06 Nov 1994 08:49:37 GMT", 784_111_777),
        ("its second form", "Sunday, 06-Nov-94 08:49:37 GMT", 784_111_777),
        ("its third form", "Sun Nov  6 08:49:37 1994", 784_111_777),
        ("year 2000's leap day", "Tue, 29 Feb 2000 12:00:00 GMT", 951_825_600),
    ])
    func dates(name: String, text: String, seconds: Int64?) {
        // An hour before the date, so that the wait is that hour where the date was read.
        let before = ((seconds ?? 1_800_000_000) - 3_600) * second
        var generator = SeededRandom(seed: 0)
        let decision = exact.decide(
            after: .answered(statusCode: 503, retryAfter: text), attempt: 1,
            nowMicroseconds: before, using: &generator)
        #expect(decision == .retry(at: before + (seconds == nil ? 5 * second : hour)))
    }
}
