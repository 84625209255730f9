/// What the server says of a batch.
struct IngestResult: Decodable, Sendable {
    enum Status: String, Decodable, Sendable { case accepted, duplicate, conflict, rejected }

    struct Entry: Decodable, Sendable {
        let index: Int
        let status: Status
        let error: String?
        let late: [LateUsage]?
    }

    let accepted: Int
    let duplicates: Int
    let conflicts: Int
    let rejected: Int
    let unbilled: Int
    /// Every event that is not plainly accepted.
    let results: [Entry]

    var count: Int { accepted + duplicates + conflicts + rejected }
}

/// Where an event counts that came after its period was closed.
public struct LateUsage: Decodable, Sendable, Equatable {
    /// What a plan says of late events.
    public enum Policy: String, Decodable, Sendable { case nextPeriod, currentPeriod, ignore }

    /// Whose usage it is.
    public let subscriptionId: String
    /// What its plan says.
    public let policy: Policy
    /// nil where it is never billed.
    public let period: Span?
}

/// A span of time in RFC 3339, its end excluded.
public struct Span: Codable, Sendable, Equatable {
    /// Included.
    public let start: String
    /// Excluded.
    public let end: String
}

/// An event that is on the server's disk.
public struct Tracked: Sendable, Equatable {
    /// The event's id.
    public let customerEventId: String
    /// It was there before; it is billed once.
    public let isDuplicate: Bool
    /// Of each subscription whose period was closed.
    public let late: [LateUsage]
}

/// How many events came to what, since the client was made.
public struct EventCounts: Sendable, Equatable {
    /// New to the server.
    public internal(set) var accepted = 0
    /// Known to the server already; billed once.
    public internal(set) var duplicates = 0
    /// Known under their id with another content.
    public internal(set) var conflicts = 0
    /// Wrong in themselves.
    public internal(set) var rejected = 0
    /// Accepted ones that no charge takes: a misspelt event name shows here.
    public internal(set) var unbilled = 0
    /// All others: dropped, refused, given up, or not to be written as JSON.
    public internal(set) var lost = 0
}
