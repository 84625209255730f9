internal import Billing
internal import JSON
internal import Ledger
internal import SQLite

/// Derives a whole ledger anew from another one's log.
///
/// Each record is carried out again at its own instant, by the code that wrote it; the records that
/// come of it must be those of the log, byte for byte. Endpoints, deliveries, API keys and
/// timers are no part of the log; the invoices of what is closed are left to be written, as after a close.
struct Rebuild: ~Copyable {
    private let source: Database
    private var state: WriterState
    /// Records in one transaction.
    private static let groupSize = 1000

    /// - Parameter target: the path of a file that does not exist.
    static func open(
        _ path: String, into target: String, _ limits: LedgerLimits
    ) throws -> Rebuild {
        let source = Database(try Connection(path: path, .readOnly))
        let key = try source.hashKey()
        let opening = Opening(
            path: target, limits: limits, sorter: RunSorter(),
            memory: MemoryBudget(bytes: limits.memoryBytes), hashKey: key)
        let state = try WriterState.open(opening, published: nil)
        return Rebuild(source: source, state: state)
    }

    private init(source: consuming Database, state: consuming WriterState) {
        self.source = source
        self.state = state
    }

    /// Carries out every record and saves what came of it.
    ///
    /// - Returns: how many there were.
    /// - Throws: `RebuildError` where a record is not what carrying it out gives.
    mutating func run() throws -> Int64 {
        var last: Int64 = 0
        while true {
            let page = try source.records(after: last, limit: Self.groupSize)
            guard let end = page.last?.sequence else { break }
            try state.begin(besideCallers: false)
            try carryOut(page)
            try state.commit()
            last = end
        }
        guard state.head.sequence == last else { throw RebuildError.differs(last + 1) }
        // What the log's own ledger had not come to may open periods yet.
        try inGroup { state throws in try state.finishRefolds(of: nil) }
        try state.finish()
        return last
    }

    private mutating func inGroup(_ body: (inout WriterState) throws -> Void) throws {
        try state.begin(besideCallers: false)
        try body(&state)
        try state.commit()
    }

    private mutating func carryOut(_ page: [StoredRecord]) throws {
        var index = 0
        while index < page.count {
            let run = page[index...].prefix { $0.kind == .event && $0.at == page[index].at }
            if !run.isEmpty, page[index].sequence > state.head.sequence {
                try appendEvents(run)
                index += run.count
                continue
            }
            let record = page[index]
            // What an earlier record brought with it is there already.
            if record.sequence > state.head.sequence { try state.carryOut(record) }
            try expectSame(record)
            index += 1
        }
    }

    private mutating func appendEvents(_ records: ArraySlice<StoredRecord>) throws {
        var payloads = PayloadList()
        for record in records { payloads.append(record.payload) }
        let batch = PreparedBatch(try payloads.events(), state.catalog, state.hasher)
        guard let at = records.first?.at else { return }
        _ = try state.append(batch, at: at)
        for record in records { try expectSame(record) }
    }

    private func expectSame(_ record: StoredRecord) throws {
        guard record.sequence <= state.head.sequence,
            try state.database.hash(ofRecord: record.sequence) == record.hash
        else { throw RebuildError.differs(record.sequence) }
    }
}

/// Why a log does not give its own ledger.
package enum RebuildError: Error, Equatable, CustomStringConvertible {
    /// The record with this sequence is not what its predecessors lead to.
    case differs(Int64)

    package var description: String {
        switch self {
        case .differs(let sequence):
            "record \(sequence) of the log is not what carrying out the log gives"
        }
    }
}
