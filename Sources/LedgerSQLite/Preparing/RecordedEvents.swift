internal import Billing
internal import JSON
internal import SQLite

/// A page of records that are folded anew, read and prepared.
struct RefoldPage: Sendable {
    let records: [RefoldRecord]
    /// The events of the records, each at its `place`.
    let batch: PreparedBatch
}

/// A record of the log that is folded anew.
struct RefoldRecord: Sendable {
    enum Kind: Sendable {
        case event(isVoided: Bool)
        case void
    }

    let kind: Kind
    let sequence: Int64
    let hash: Digest
    /// The record of the event: itself, or the one that it takes out.
    let eventSequence: Int64
    /// Where the event stands in the page's batch.
    let place: Int
}

extension Database {
    /// Reads records of the log and prepares them, voids with the events that they take out.
    ///
    /// - Parameters:
    ///   - cutoff: the last record that counts: a later void does not.
    ///   - groupBy: splits what every meter counts; nil leaves that to each meter.
    borrowing func refoldPage(
        _ sequences: [Int64], _ catalog: CompiledCatalog, _ hasher: KeyHasher,
        through cutoff: Int64 = .max, groupBy: [PropertyPath]? = nil
    ) throws -> RefoldPage {
        var page = PageBuilder()
        for sequence in sequences {
            let isVoided = try void(of: sequence).map { $0 <= cutoff } ?? false
            try page.append(record(sequence), isVoided: isVoided, from: self)
        }
        return try page.page(catalog, hasher, groupBy: groupBy)
    }

    /// Reads up to `limit` events and voids after `sequence`, whoever's, in log order.
    borrowing func usagePage(
        after sequence: Int64, limit: Int, _ catalog: CompiledCatalog, _ hasher: KeyHasher
    ) throws -> RefoldPage {
        var page = PageBuilder()
        for record in try usageRecords(after: sequence, limit: limit) {
            try page.append(record, isVoided: false, from: self)
        }
        return try page.page(catalog, hasher)
    }
}

/// Puts a page together.
private struct PageBuilder {
    private var records: [RefoldRecord] = []
    private var payloads = PayloadList()

    mutating func append(
        _ record: StoredRecord, isVoided: Bool, from database: borrowing Database
    ) throws {
        guard record.kind == .void else {
            records.append(
                RefoldRecord(
                    kind: .event(isVoided: isVoided), sequence: record.sequence,
                    hash: record.hash, eventSequence: record.sequence, place: records.count))
            return payloads.append(record.payload)
        }
        guard let event = try database.voided(by: record.sequence) else { throw CorruptRow() }
        records.append(
            RefoldRecord(
                kind: .void, sequence: record.sequence, hash: record.hash, eventSequence: event,
                place: records.count))
        payloads.append(try database.payload(ofRecord: event))
    }

    func page(
        _ catalog: CompiledCatalog, _ hasher: KeyHasher, groupBy: [PropertyPath]? = nil
    ) throws -> RefoldPage {
        RefoldPage(
            records: records,
            batch: PreparedBatch(try payloads.events(), catalog, hasher, groupBy: groupBy))
    }
}

/// Payloads of events, read again as one text.
struct PayloadList {
    private var text: [UInt8] = [UInt8(ascii: "[")]
    private var ranges: [Range<Int>] = []

    mutating func append(_ payload: [UInt8]) {
        if !ranges.isEmpty { text.append(UInt8(ascii: ",")) }
        ranges.append(text.count..<text.count + payload.count)
        text += payload
    }

    /// - Throws: `CorruptRow` where one is not the payload of an event.
    func events() throws -> [UsageEvent] {
        let document = try JSONDocument.parse(text + [UInt8(ascii: "]")])
        let nodes = Array(document.root.children)
        guard nodes.count == ranges.count else { throw CorruptRow() }
        let batch = EventBatch(recorded: nodes, payloads: ranges.map { text[$0] })
        guard batch.events.count == ranges.count else { throw CorruptRow() }
        return batch.events
    }
}
