package import Billing
package import Ledger

extension SQLiteLedger {
    package var keys: KeyBook { published.keys }

    package func add(_ key: APIKey) async throws(LedgerError) {
        try await writer.perform { state in
            guard state.keys.count < KeyBook.maximumCount else {
                throw LedgerError(
                    .conflict, "a ledger has at most \(KeyBook.maximumCount) API keys")
            }
            try state.database.add(key)
            state.keys.put(key)
        }
    }

    package func keys(_ query: KeyQuery) async throws(LedgerError) -> Page<APIKey> {
        try await readers.perform { try $0.keys(query) }
    }

    package func revokeKey(_ id: Identifier, at now: Instant) async throws(LedgerError) -> APIKey {
        try await writer.perform { state in
            guard var key = state.keys[id] else {
                throw LedgerError(.notFound, "there is no API key \"\(id)\"", pointer: "/id")
            }
            guard key.revokedAt == nil else { return key }
            key.revokedAt = now
            try state.database.revokeKey(id, at: now)
            state.keys.put(key)
            return key
        }
    }
}
