/// What can go wrong with an event or a call.
public enum TallystickError: Error, Sendable {
    /// The URL, the key or an option cannot be used.
    case invalidConfiguration(String)
    /// The event or a call's input cannot be written as JSON; it was not sent.
    case invalidInput(String)
    /// The queue was full, and its policy dropped this event.
    case queueFull
    /// The event came after `close()`.
    case closed
    /// The server took the batch, but not this event.
    case rejected(String)
    /// The event's `customerEventId` was accepted before, with another content.
    case conflict(String)
    /// The server answered with a failure: its status, its account of it, and how long it asks to be
    /// left alone.
    case refused(status: Int, Problem?, retryAfter: Duration?)
    /// No answer came, or none that can be understood.
    case unreachable(String)

    /// A failed call, as RFC 9457 writes it.
    public struct Problem: Decodable, Sendable, Equatable {
        /// A field to blame.
        public struct Field: Decodable, Sendable, Equatable {
            /// RFC 6901, into the request.
            public let pointer: String
            /// What is wrong with it.
            public let detail: String
        }

        /// `urn:tallystick:problem:` and a code that does not change.
        public let type: String
        /// What kind of failure it is, for people.
        public let title: String
        /// The HTTP status.
        public let status: Int
        /// What went wrong.
        public let detail: String
        /// All fields to blame.
        public let errors: [Field]?
    }
}

extension TallystickError: CustomStringConvertible {
    /// For people.
    public var description: String {
        switch self {
        case .invalidConfiguration(let reason), .invalidInput(let reason), .rejected(let reason),
            .conflict(let reason), .unreachable(let reason):
            reason
        case .queueFull: "the queue is full; an event was dropped"
        case .closed: "an event came after close()"
        case .refused(let status, let problem, _):
            problem?.detail ?? "the server answered \(status)"
        }
    }
}
