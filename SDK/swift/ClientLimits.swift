/// Every limit of this folder, and what its options say where nobody says otherwise.
enum ClientLimits {
    /// Events in one request; the server takes no more.
    static let batchEvents = 10_000
    /// Bytes of the events in one request; the server takes 8 MiB, the text around them included.
    static let batchBytes = 8 * 1024 * 1024 - 16
    /// Batches that may be under way at once.
    static let concurrency = 64
    /// Bytes of an answer that are read.
    static let responseBytes = 64 * 1024 * 1024
    /// A server that asks to be left alone for longer is asked again after this.
    static let longestRetryAfter = Duration.seconds(300)
    /// How long a call is tried, where that can help.
    static let callPatience = Duration.seconds(30)
    /// Signatures of a webhook that are looked at: more than two secrets are never valid at once.
    static let webhookSignatures = 16
    /// Between two lines of the log about events that will not be billed.
    static let silence = Duration.seconds(1)
}
