/// Every limit of this folder.
enum CurlLimits {
    /// Transfers under way at once; one more is refused with `tooManyTransfers`.
    static let transfers = 4_096
    /// Handles of transfers that ended, kept for others.
    static let spareHandles = 256
    /// Idle connections kept for reuse.
    static let idleConnections = 1_024
    /// Seconds after which a connection is not reused, so that a moved name is followed.
    static let connectionLifetimeSeconds = 600
    /// Bytes of all header lines of one response, interim responses and trailers included.
    static let responseHeaderBytes = 64 * 1_024
    /// Milliseconds that the loop waits at most for a socket, a timer or a wake-up.
    static let idleWaitMilliseconds: Int32 = 60_000
    /// Bytes of a request's URL.
    static let urlBytes = 8_192
}
