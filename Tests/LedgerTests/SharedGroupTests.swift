import Billing
import Dispatch
import Ledger
import LedgerScene
import Testing

@testable import LedgerSQLite

/// What closes and invoices do in a group that they share with a caller.
@Suite(.timeLimit(.minutes(1))) struct SharedGroupTests {
    private static let february = instant("2026-02-01T00:00:00Z")

    @Test(
        "beside a caller a pass closes 25 and says that there is more; alone it does the rest",
        arguments: [1, WriterThread.groupLimit - 10])
    func closes(events: Int) async throws {
        try await Scene.with { scene in
            try await scene.apply(Scene.catalog())
            try await scene.subscribers(1...60)
            let shared = try await besideCaller(scene, events) {
                try await scene.close(asOf: Self.february)
            }
            #expect(shared.closed.count == 25)
            #expect(shared.hasMore)
            let alone = try await scene.close(asOf: Self.february)
            #expect(alone.closed.count == 35)
            #expect(!alone.hasMore)
            let closed = (shared.closed + alone.closed).map(\.subscriptionId.string)
            #expect(closed == (1...60).map { "s\($0)" }.sorted())
        }
    }

    @Test("beside a caller invoices are stored in parts, and all of them")
    func invoices() async throws {
        try await Scene.with { scene in
            try await scene.apply(Scene.catalog())
            try await scene.subscribers(1...60)
            _ = try await scene.close(asOf: Self.february)
            let due = try await scene.ledger.periodsToInvoice(after: 0, limit: 100)
            let invoices = try due.map(Scene.invoice)
            let groups = scene.ledger.statistics.groups
            try await besideCaller(scene, 1) { try await scene.ledger.record(invoices) }
            // The one that was held up, the one that is shared, the rest.
            #expect(scene.ledger.statistics.groups == groups + 3)
            let stored = try await scene.ledger.invoices(InvoiceQuery(limit: 100)).items
            #expect(stored.count == 60)
            #expect(Set(stored) == Set(invoices.map(\.body)))
            #expect(try await scene.nextInvoice() == nil)
        }
    }

    /// Runs `work` so that its first job is in one group with a caller's events, or before them
    /// where both are too much for one.
    private func besideCaller<Value: Sendable>(
        _ scene: Scene, _ count: Int, _ work: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let writer = scene.ledger.writer
        let gate = DispatchSemaphore(value: 0)
        let (begun, begins) = AsyncStream<Never>.makeStream()
        async let held: Void = writer.perform { _ in
            begins.finish()
            gate.wait()
        }
        for await _ in begun {}
        let events = try (0..<count).map { try event("beside-\($0)", customer: "c1") }
        async let value = work()
        while writer.waitingCount < 1 { try await Task.sleep(for: .milliseconds(1)) }
        async let sent = scene.send(events)
        while writer.waitingCount < 2 { try await Task.sleep(for: .milliseconds(1)) }
        gate.signal()
        try await held
        #expect(try await sent.count == count)
        return try await value
    }
}
