import Billing
import FunctionKit
import HTTPTypes
import Ledger
import Synchronization

/// Asks each request for its API key, once there is any; a revoked one counts as one.
final class KeyGate: Sendable {
    private let book: @Sendable () -> KeyBook
    private let microseconds: @Sendable () -> Int64
    /// Of the keys with a limit.
    private let buckets = Mutex<[Identifier: TokenBucket]>([:])

    /// - Parameters:
    ///   - microseconds: of a clock that never goes back.
    ///   - book: the keys as they are now.
    init(
        microseconds: @escaping @Sendable () -> Int64 = KeyGate.uptime,
        book: @escaping @Sendable () -> KeyBook
    ) {
        self.microseconds = microseconds
        self.book = book
    }

    /// What the caller is allowed: everything while there are no keys, save for the pages of other
    /// sites in a browser on this machine.
    ///
    /// - Throws: `Problem` where it has no key that counts, or calls too often.
    func admit(_ headers: HTTPFields) throws(Problem) -> Access {
        let book = book()
        guard !book.isEmpty else {
            guard headers[.secFetchSite] != "cross-site" else {
                throw Problem(
                    .unauthenticated,
                    "a page of another site calls; make a key: tallystick keys create")
            }
            return .everything
        }
        guard let text = Self.keyText(headers) else {
            throw Problem(
                .unauthenticated,
                "send an API key: Authorization: Bearer tsk_…, or as AWS's clients "
                    + "do in X-Amz-Security-Token")
        }
        guard let presented = KeyText(text), let key = book[presented.id],
            key.digest.matches(presented.digest), key.revokedAt == nil
        else { throw Problem(.unauthenticated, "the API key is none of this ledger's, or revoked") }
        try pace(key)
        return Access(Set(key.scopes.compactMap(AccessScope.init)))
    }

    private func pace(_ key: APIKey) throws(Problem) {
        guard let limit = key.requestsPerSecond else { return }
        let now = microseconds()
        let isAllowed = buckets.withLock { buckets in
            buckets[key.id, default: TokenBucket(perSecond: limit, now: now)].take(now: now)
        }
        guard isAllowed else {
            throw Problem(.rateLimited, "this key is limited to \(limit) requests a second")
        }
    }

    /// An AWS client signs with credentials of its own; the session token is what it hands over
    /// as it was told.
    private static func keyText(_ headers: HTTPFields) -> Substring? {
        guard let authorization = headers[.authorization] else { return nil }
        let scheme = authorization.prefix { $0 != " " }
        switch scheme.lowercased() {
        case "bearer":
            return authorization.dropFirst(scheme.count).drop { $0 == " " }
        case "aws4-hmac-sha256": return headers[.amazonSecurityToken].map { $0[...] }
        default: return nil
        }
    }

    private static let start = ContinuousClock.now

    @Sendable static func uptime() -> Int64 {
        Int64(start.duration(to: .now) / .microseconds(1))
    }
}

extension HTTPField.Name {
    static let amazonSecurityToken = known("x-amz-security-token")
    /// What a browser says of the page that calls.
    static let secFetchSite = known("sec-fetch-site")
}
