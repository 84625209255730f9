/// How a client gathers, queues and repeats; every value has a usual one.
public struct TallystickOptions: Sendable {
    /// What a full queue does with one event more.
    public enum WhenFull: Sendable {
        /// The oldest event that waits is dropped.
        case dropOldest
        /// The event that comes is dropped.
        case dropNewest
        /// `await track` waits until the queue has a place for its event: nothing of those who
        /// await is dropped. What does not wait is dropped where twice the limits wait.
        case block
    }

    /// Told of events that will not be billed, and why; the list is empty where an event could not
    /// even be written.
    public typealias ErrorHandler = @Sendable (TallystickError, [UsageEvent]) -> Void

    /// A batch is sent once it has this many events; 1 to 10,000.
    public var batchEvents = 1_000
    /// A batch is sent once its events have this many bytes; up to 8 MiB.
    public var batchBytes = 512 * 1024
    /// A batch is sent once its first event has waited this long.
    public var batchInterval = Duration.seconds(1)

    /// How many events may wait to be sent, besides one of each caller that waits with `.block`.
    public var queueEvents = 100_000
    /// How many bytes of events may wait to be sent.
    public var queueBytes = 64 * 1024 * 1024
    /// What a full queue does with one event more.
    public var whenFull = WhenFull.dropOldest

    /// How long a batch is tried before it is given up.
    public var retryFor = Duration.seconds(3_600)
    /// The wait before a second try is drawn from 0 to this, the next from 0 to twice that.
    public var firstRetryWait = Duration.milliseconds(200)
    /// The most that a wait is drawn from.
    public var longestRetryWait = Duration.seconds(30)

    /// How many batches may be under way at once; 1 to 64.
    public var concurrency = 4
    /// How long a server may take to answer one request.
    public var timeout = Duration.seconds(30)

    /// Without it the log says so, once a second at most.
    public var onError: ErrorHandler?
    /// Told of every failed try that will be repeated, and the wait before that.
    public var onRetry: (@Sendable (TallystickError, Duration) -> Void)?

    /// With the usual values.
    public init() {}

    /// - Throws: `TallystickError.invalidConfiguration` for a value that makes no sense.
    func check() throws(TallystickError) {
        let counts = [
            ("batchEvents", batchEvents, ClientLimits.batchEvents),
            ("batchBytes", batchBytes, ClientLimits.batchBytes),
            ("queueEvents", queueEvents, .max), ("queueBytes", queueBytes, .max),
            ("concurrency", concurrency, ClientLimits.concurrency),
        ]
        for (name, value, most) in counts where !(1...most).contains(value) {
            throw .invalidConfiguration("\(name) is \(value), and not between 1 and \(most)")
        }
        let spans = [
            ("batchInterval", batchInterval), ("retryFor", retryFor),
            ("firstRetryWait", firstRetryWait), ("longestRetryWait", longestRetryWait),
            ("timeout", timeout),
        ]
        for (name, value) in spans where value < .zero {
            throw .invalidConfiguration("\(name) is negative")
        }
    }
}
