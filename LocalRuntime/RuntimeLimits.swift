/// The bounds of the local runtime; those of requests stand in `FunctionKit.Limits`.
enum RuntimeLimits {
    /// Files and sockets that `serve` has open, if the system allows so many.
    static let openFiles = 16_384
    /// Connections that are open at once; further ones wait in the system's backlog.
    static let connections = 4096
    /// Bytes of all bodies that are being read at once; more answer 503.
    static let bodyBytesInFlight = 512 * 1024 * 1024
    /// Calls that read a whole history at once, and that wait for those; more answer 503.
    static let longCalls = 2
    static let waitingLongCalls = 64
    /// After this long without a byte a connection is closed.
    static let idleSeconds: Int64 = 75

    /// The least that `--memory` takes.
    static let leastMemoryBytes = 64 << 20

    /// How long accepted requests may take once the runtime stops.
    static let requestsStop = Duration.seconds(4)
    /// How long webhook attempts under way may take once the runtime stops.
    static let deliveriesStop = Duration.seconds(2)
    /// After this long, services that still run are cancelled.
    static let servicesStop = Duration.seconds(8)
    /// After this long the process ends whatever hangs: 10 s are promised.
    static let processStopSeconds = 9.5

    /// Invoices that one step of the drain writes.
    static let invoicesPerStep = 200
    /// How long a drain sleeps when nobody wakes it.
    static let drainInterval = Duration.seconds(1)

    /// Endpoints at which webhook attempts are under way at once.
    static let deliveryEndpoints = 1_024
    /// Attempts under way beside the first at each endpoint, all endpoints together.
    static let furtherDeliveries = 512
    /// Attempts under way at one endpoint.
    static let deliveriesPerEndpoint = 32
    /// An answer that takes longer makes an endpoint a slow one.
    static let promptAnswerMicroseconds: Int64 = 1_000_000
    /// Bytes of the bodies of all attempts under way, after which no more are claimed.
    static let deliveryBodyBytes = 64 * 1024 * 1024
    /// Attempts that ended and wait to be recorded, after which no more are claimed.
    static let unrecordedDeliveries = 4_096
    /// How long outcomes are gathered before they are recorded, all with one sync of the disk.
    static let recordPause = Duration.milliseconds(20)
    /// Nobody else takes a claimed delivery before this ends; an attempt takes 15 s at most.
    static let deliveryLease = Duration.seconds(60)
    /// How long the outbox is left alone when nothing in it is due and nobody wakes it.
    static let deliveryInterval = Duration.seconds(5)

    static let timers = 100
    /// The shortest period of a timer.
    static let shortestTimer = Duration.seconds(1)
    /// How long timers sleep at most, so that a wall clock that jumps is noticed.
    static let timerInterval = Duration.seconds(5)
    /// Firings of one `advanceClock`.
    static let firingsPerAdvance = 1_000_000
    /// Calls of one firing, where the answer says that there is more.
    static let callsPerFiring = 100_000

    /// Bytes of a catalog or configuration file, also as JSON.
    static let fileBytes = 8 * 1024 * 1024
    static let fileDepth = 32

    /// How long `invoke --url` waits: `advanceClock` may have months to do.
    static let invokeTimeoutMilliseconds = 600_000
    /// Bytes of an answer that `invoke --url` takes.
    static let answerBytes = 256 * 1024 * 1024
}
