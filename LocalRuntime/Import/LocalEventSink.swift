import Functions

/// Writes events to a ledger's file that no server has open.
struct LocalEventSink: EventSink {
    let dispatcher: Dispatcher

    func ingest(_ body: [UInt8]) async throws -> [UInt8] {
        try await dispatcher.call(IngestEvent.name, body: body)
    }

    /// Opens the file for as long as `body` takes.
    static func open<Value>(
        _ dataFile: String, _ setting: Setting, _ body: (LocalEventSink) async throws -> Value
    ) async throws -> Value {
        try await LocalInvocation(dataFile: dataFile, setting: setting).withWiring {
            try await body(LocalEventSink(dispatcher: $1))
        }
    }
}
