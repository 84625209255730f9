/// What an API key may be allowed.
package enum AccessScope: String, Sendable, CaseIterable {
    /// To send events and to void them.
    case ingest
    /// To ask: whatever changes nothing.
    case read
    /// Everything.
    case admin
}

/// What a caller is allowed.
package struct Access: Sendable, Equatable {
    package let scopes: Set<AccessScope>

    /// The runtime itself, and whoever calls where no keys are asked for.
    package static let everything = Access([.admin])

    package init(_ scopes: Set<AccessScope>) { self.scopes = scopes }

    package func allows(_ scope: AccessScope) -> Bool {
        scopes.contains(scope) || scopes.contains(.admin)
    }

    /// - Throws: `Problem` with `.forbidden` where that is not allowed.
    package func require(_ scope: AccessScope) throws(Problem) {
        guard allows(scope) else {
            throw Problem(.forbidden, "this needs a key with the scope \"\(scope.rawValue)\"")
        }
    }
}
