/// Where an import sends its events: a running server or a ledger of its own.
protocol EventSink: Sendable {
    /// Calls `ingestEvent` with `body` and returns its JSON result, once the events are durable.
    ///
    /// - Throws: whatever says that the events cannot be taken, and no batch after them.
    func ingest(_ body: [UInt8]) async throws -> [UInt8]
}
