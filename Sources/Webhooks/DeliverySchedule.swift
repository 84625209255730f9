/// When a message is tried again, as data.
package struct DeliverySchedule: Sendable, Equatable {
    /// Microseconds from an attempt to the next, by the number of the attempt that failed less 1.
    package var delaysMicroseconds: [Int64]
    /// The most that is added to a delay, in percent of it; nothing is ever tried early.
    package var jitterPercent: Int64

    package init(delaysMicroseconds: [Int64], jitterPercent: Int64) {
        self.delaysMicroseconds = delaysMicroseconds
        self.jitterPercent = jitterPercent
    }

    /// The contract's: ten attempts over three days.
    package static let standard = DeliverySchedule(
        delaysMicroseconds: [
            5 * second, 5 * minute, 30 * minute, 2 * hour, 5 * hour, 10 * hour, 14 * hour,
            20 * hour, 24 * hour,
        ],
        jitterPercent: 10)

    /// The first attempt and one after each delay.
    package var attempts: Int { delaysMicroseconds.count + 1 }

    /// Microseconds to wait after an attempt, counted from 1; nil after the last.
    func delay(afterAttempt attempt: Int) -> Int64? {
        delaysMicroseconds.indices.contains(attempt - 1) ? delaysMicroseconds[attempt - 1] : nil
    }

    /// A delay with its jitter, uniform from 0 to `jitterPercent` and rounded down.
    func jittered(
        _ delay: Int64, using generator: inout some RandomNumberGenerator
    ) -> Int64 {
        let most = delay / 100 * jitterPercent
        return most > 0 ? delay + Int64.random(in: 0...most, using: &generator) : delay
    }

    private static let second: Int64 = 1_000_000
    private static let minute = 60 * second
    private static let hour = 60 * minute
}
