package import Billing

/// An API key as it is kept.
package struct APIKey: Sendable, Equatable {
    /// The beginning of its text.
    package let id: Identifier
    /// What its owner calls it.
    package let name: String
    /// What it allows, by names that the ledger keeps as they come, none of which has a comma.
    package let scopes: [String]
    /// nil without a limit.
    package let requestsPerSecond: Int?
    /// SHA-256 of its text.
    package let digest: Digest
    package let createdAt: Instant
    package var revokedAt: Instant?

    package init(
        id: Identifier, name: String, scopes: [String], requestsPerSecond: Int?, digest: Digest,
        createdAt: Instant, revokedAt: Instant? = nil
    ) {
        self.id = id
        self.name = name
        self.scopes = scopes
        self.requestsPerSecond = requestsPerSecond
        self.digest = digest
        self.createdAt = createdAt
        self.revokedAt = revokedAt
    }
}

/// Every API key by its id, revoked ones too.
package struct KeyBook: Sendable {
    /// Keys of one ledger, all of which are in memory.
    package static let maximumCount = 10_000

    private var keys: [Identifier: APIKey] = [:]

    package init(_ keys: [APIKey] = []) {
        for key in keys { put(key) }
    }

    package mutating func put(_ key: APIKey) { keys[key.id] = key }

    package subscript(id: Identifier) -> APIKey? { keys[id] }
    package var isEmpty: Bool { keys.isEmpty }
    package var count: Int { keys.count }
}

/// Which API keys to list, oldest first.
package struct KeyQuery: Sendable {
    package var cursor: String?
    package var limit: Int

    package init(cursor: String? = nil, limit: Int) {
        self.cursor = cursor
        self.limit = limit
    }
}
