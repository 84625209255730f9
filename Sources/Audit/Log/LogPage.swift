internal import Billing
internal import Foundation
internal import JSON
internal import SQLite

/// A record of the log, with what is wrong with its row.
struct CheckedRecord {
    let sequence: Int64
    let recordedAt: Instant
    /// SHA-256 of the payload; nil where an event cannot be read.
    let hash: Digest?
    /// nil where it is none, or cannot be read.
    let event: EventRecord?
    let difference: Difference?
}

/// Records, read and checked a page at a time: one text of many events is parsed faster than many.
struct LogPage {
    fileprivate struct Row {
        let sequence: Int64
        let kind: Int64
        let recordedAt: Instant
        /// Where the customer's id stands among the page's.
        let customerId: Range<Int>
        /// nil where it is no SHA-256.
        let hash: Digest?
        let payload: Payload
    }

    fileprivate enum Payload {
        /// Where an event's stands in the text.
        case event(Range<Int>)
        /// Of any other record, its hash.
        case other(Digest)
    }

    private var rows: [Row] = []
    private var customerIds: [UInt8] = []
    private var text: [UInt8] = [UInt8(ascii: "[")]
    private var eventCount = 0
    private let checksForm: Bool

    /// What simdjson reads beyond the text, so that nothing is copied.
    private static let padding = [UInt8](repeating: 0, count: 64)

    /// - Parameter checksForm: whether each event's payload must be its canonical form, written anew.
    init(checksForm: Bool) { self.checksForm = checksForm }

    var count: Int { rows.count }

    /// - Parameter row: with the columns of `LogRow`.
    mutating func append(_ row: borrowing Statement) {
        let idStart = customerIds.count
        row.withBytes(3) { customerIds += $0 }
        rows.append(
            Row(
                sequence: row.integer(0), kind: row.integer(1),
                recordedAt: Instant(microseconds: row.integer(2)),
                customerId: idStart..<customerIds.count, hash: row.withBytes(4) { Digest($0) },
                payload: row.withBytes(5) { payload(row.isEvent, $0) }))
    }

    private mutating func payload(_ isEvent: Bool, _ bytes: UnsafeRawBufferPointer) -> Payload {
        guard isEvent else { return .other(Digest(hashing: bytes)) }
        if eventCount > 0 { text.append(UInt8(ascii: ",")) }
        eventCount += 1
        text += bytes
        return .event(text.count - bytes.count..<text.count)
    }

    /// Gives each record to `take`, in order, and is empty then.
    mutating func drain(_ take: (CheckedRecord) throws -> Void) throws {
        var events = (allEvents() ?? eventsOneByOne).makeIterator()
        for row in rows {
            let id = customerIds[row.customerId]
            switch row.payload {
            case .event(let range):
                try take(row.checked(events.next() ?? nil, text[range], id))
            case .other(let hash): try take(row.checked(hash, hasCustomer: !id.isEmpty))
            }
        }
        rows.removeAll(keepingCapacity: true)
        customerIds.removeAll(keepingCapacity: true)
        text.removeLast(text.count - 1)
        eventCount = 0
    }

    /// nil where one cannot be read.
    private mutating func allEvents() -> [UsageEvent?]? {
        let end = text.count
        defer { text.removeLast(text.count - end) }
        text.append(UInt8(ascii: "]"))
        text += Self.padding
        let document = text.withUnsafeBytes { bytes in
            try? JSONDocument(
                UnsafeRawBufferPointer(rebasing: bytes[...end]), capacity: bytes.count)
        }
        guard let document else { return nil }
        let nodes = Array(document.root.children)
        guard nodes.count == eventCount else { return nil }
        let batch =
            checksForm ? EventBatch(nodes) : EventBatch(recorded: nodes, payloads: payloads)
        return batch.events.count == eventCount ? batch.events : nil
    }

    private var payloads: [ArraySlice<UInt8>] {
        rows.compactMap { row in
            guard case .event(let range) = row.payload else { return nil }
            return text[range]
        }
    }

    private var eventsOneByOne: [UsageEvent?] {
        rows.compactMap { row in
            guard case .event(let range) = row.payload else { return nil }
            let document = try? JSONDocument.parse(Array(text[range]))
            return .some(document.flatMap { EventBatch([$0.root]).events.first })
        }
    }
}

extension LogPage.Row {
    fileprivate func checked(
        _ event: UsageEvent?, _ payload: ArraySlice<UInt8>, _ id: ArraySlice<UInt8>
    ) -> CheckedRecord {
        CheckedRecord(
            sequence: sequence, recordedAt: recordedAt, hash: event?.hash,
            event: event.map {
                EventRecord(sequence: sequence, recordedAt: recordedAt, event: $0)
            },
            difference: difference(event, payload, id))
    }

    private func difference(
        _ event: UsageEvent?, _ payload: ArraySlice<UInt8>, _ id: ArraySlice<UInt8>
    ) -> Difference? {
        guard let event else { return wrong("is no event that can be read") }
        let isCanonical = payload.withUnsafeBytes { $0.hasBytes(of: event.bytes.payload) }
        guard isCanonical else { return wrong("is not in the canonical form") }
        guard event.hash == hash else { return .hash(of: sequence) }
        guard id.withUnsafeBufferPointer({ event.bytes.customerId.equals($0) }) else {
            return wrong("is under another customer than its event")
        }
        return nil
    }

    fileprivate func checked(_ ownHash: Digest, hasCustomer: Bool) -> CheckedRecord {
        var difference: Difference?
        if ownHash != hash { difference = .hash(of: sequence) }
        switch RecordKind(rawValue: kind) {
        case nil, .event: difference = wrong("is of no kind: \(kind)")
        case .catalog: if hasCustomer { difference = wrong("is of a customer") }
        case .void, .customer, .subscription, .periodOpened, .closed, .subscriptionChanged:
            if !hasCustomer { difference = wrong("is of no customer") }
        }
        return CheckedRecord(
            sequence: sequence, recordedAt: recordedAt, hash: ownHash, event: nil,
            difference: difference)
    }

    private func wrong(_ what: String) -> Difference {
        Difference("record \(sequence) \(what)", sequence: sequence)
    }
}

extension UnsafeRawBufferPointer {
    fileprivate func hasBytes(of other: UnsafeRawBufferPointer) -> Bool {
        guard count == other.count, let mine = baseAddress, let theirs = other.baseAddress
        else { return count == other.count }
        return memcmp(mine, theirs, count) == 0
    }
}
