package import Billing
package import Ledger
internal import SQLite

extension SQLiteLedger {
    package func put(
        _ endpoint: WebhookEndpoint, secret: String
    ) async throws(LedgerError) -> (endpoint: WebhookEndpoint, isNew: Bool) {
        let stored = try await writer.perform { state in
            state.takers.forget()
            let isNew = try state.database.endpoint(endpoint.id) == nil
            try state.database.put(endpoint)
            if isNew { try state.database.add(secret: secret, to: endpoint.id) }
            try state.countDisabledEndpoints()
            return (endpoint: try state.database.endpoint(endpoint.id) ?? endpoint, isNew: isNew)
        }
        leases.revoke(of: endpoint.id)
        return stored
    }

    package func endpoints(
        _ query: EndpointQuery
    ) async throws(LedgerError) -> Page<WebhookEndpoint> {
        try await readers.perform { try $0.endpoints(query) }
    }

    package func deleteEndpoint(_ id: Identifier) async throws(LedgerError) -> Int {
        let failed = try await writer.perform { state in
            state.takers.forget()
            guard let failed = try state.database.deleteEndpoint(id) else {
                throw LedgerError.unknownEndpoint(id)
            }
            try state.countDisabledEndpoints()
            return failed
        }
        leases.revoke(of: id)
        return failed
    }

    package func target(
        _ id: Identifier, now: Instant
    ) async throws(LedgerError) -> WebhookTarget {
        try await readers.perform { database in
            guard let endpoint = try database.endpoint(id) else {
                throw LedgerError.unknownEndpoint(id)
            }
            return WebhookTarget(
                endpoint: endpoint, secrets: try database.secrets(of: id, now: now))
        }
    }

    package func rotate(_ rotation: SecretRotation) async throws(LedgerError) {
        try await writer.perform { state in
            let id = rotation.endpointId
            guard try state.database.endpoint(id) != nil else {
                throw LedgerError.unknownEndpoint(id)
            }
            try state.database.endSecrets(of: rotation)
            let valid = try state.database.secrets(of: id, now: rotation.now).count
            guard valid < OutboxLimits.secretsPerEndpoint else {
                throw LedgerError(
                    .conflict,
                    "\(valid) secrets of \"\(id)\" are valid; wait until the first one's overlap "
                        + "ends, or rotate with a shorter overlap",
                    pointer: "/overlap")
            }
            try state.database.add(secret: rotation.secret, to: id)
        }
        leases.revoke(of: rotation.endpointId)
    }

    package func storedSecrets(limit: Int) async throws(LedgerError) -> [StoredSecret] {
        try await readers.perform { try $0.storedSecrets(limit: limit) }
    }

    package func replace(_ secrets: [StoredSecret]) async throws(LedgerError) {
        try await writer.perform { state in
            // From here on what is overwritten goes from the pages (Debian's SQLite does that by
            // itself); the commit that follows empties the write-ahead log, where it would stand
            // until that is used again.
            try state.database.connection.execute("PRAGMA secure_delete = ON")
            state.emptiesWAL = true
            for secret in secrets { try state.database.replace(secret) }
        }
    }
}

extension LedgerError {
    static func unknownEndpoint(_ id: Identifier) -> LedgerError {
        LedgerError(.notFound, "there is no webhook endpoint \"\(id)\"")
    }
}

extension WriterState {
    mutating func countDisabledEndpoints() throws {
        statistics.goneEndpoints = try database.disabledEndpoints(by: .gone)
        statistics.failingEndpoints = try database.disabledEndpoints(by: .failing)
    }
}
