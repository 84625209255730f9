internal import Foundation

/// The one place that asks the system for the time of day.
enum SystemClock {
    static var now: Date { Date() }
}
