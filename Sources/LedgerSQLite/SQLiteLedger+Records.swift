package import Billing
package import Ledger
internal import SQLite

extension SQLiteLedger {
    package func trace(_ query: TraceQuery) async throws(LedgerError) -> Page<TracedRecord> {
        let cursor = try TraceCursor(query.cursor)
        let (published, hasher) = (published, hasher)
        let line = try await readers.perform { try $0.tracedLine(query, published, hasher) }
        guard let line else { return Page(items: [], nextCursor: nil) }
        let (items, next) = try await gather(
            line.customer, line.stretches(after: cursor), limit: query.limit,
            sequence: { $0.record.sequence }
        ) { database, sequences in
            try database.traced(sequences, by: line, hasher)
        }
        return Page(items: items, nextCursor: next.map { cursor.after(items, at: $0) })
    }

    package func events(_ query: EventQuery) async throws(LedgerError) -> Page<LoggedRecord> {
        let after = try Cursor.position(query.cursor)
        let last = try await readers.perform { try $0.lastSequence() }
        guard after < last else { return Page(items: [], nextCursor: nil) }
        let (items, next) = try await gather(
            hasher.hash(query.customerId), [RecordStretch(records: after + 1...last)],
            limit: query.limit, sequence: { $0.sequence }
        ) { database, sequences in
            try database.events(sequences, query)
        }
        return Page(items: items, nextCursor: next.map(Cursor.text))
    }

    package func event(
        _ id: Identifier, of customer: Identifier
    ) async throws(LedgerError) -> LoggedRecord? {
        let key = hasher.hash(customer.bytes, id.bytes)
        let sequence = try await writer.perform { state in
            try state.indexes.seen.lookup([key], into: &state.scratch.known, on: state.database)
            return state.scratch.known[0]
        }
        guard sequence != 0 else { return nil }
        return try await readers.perform { try $0.logged($0.record(sequence)) }
    }
}

extension Database {
    /// The events among some records that a list asks for.
    fileprivate borrowing func events(
        _ sequences: [Int64], _ query: EventQuery
    ) throws -> [LoggedRecord] {
        var records = try sequences.map { try record($0) }.filter { $0.kind == .event }
        if query.from != nil || query.to != nil || query.eventName != nil {
            var payloads = PayloadList()
            for record in records { payloads.append(record.payload) }
            records = zip(records, try payloads.events()).filter { query.holds($1) }.map { $0.0 }
        }
        return try records.map { try logged($0) }
    }
}

extension EventQuery {
    fileprivate func holds(_ event: UsageEvent) -> Bool {
        if let from, event.timestamp < from { return false }
        if let to, event.timestamp >= to { return false }
        guard let eventName else { return true }
        return event.withEventName { eventName.isEqual(to: $0) }
    }
}
