internal import Ledger

/// A walk through a customer's records in the order of the log, over the customer index.
///
/// No transaction lasts for longer than one step. The log does not change, so where its end is
/// fixed a walk always finds the same.
struct RecordWalk: Sendable {
    let customer: KeyHash
    /// The last record that it may come to.
    let last: Int64
    /// The record that it has come to, or one before its first.
    private(set) var position: Int64
    /// What lies ahead and was in no run when the writer was asked.
    fileprivate var ahead: ArraySlice<Int64> = []
    /// Whether nothing comes after that.
    fileprivate var isLastAhead = false

    init(of customer: KeyHash, _ records: ClosedRange<Int64>) {
        self.customer = customer
        last = records.upperBound
        position = records.lowerBound - 1
    }

    fileprivate mutating func take(_ found: some Collection<Int64>) -> [Int64] {
        let found = found.filter { $0 <= last }
        position = found.last ?? position
        return found
    }
}

extension SQLiteLedger {
    /// The next records of a walk, at most `limit`; none once it has ended.
    func step(_ walk: inout RecordWalk, limit: Int) async throws(LedgerError) -> [Int64] {
        if walk.ahead.isEmpty {
            if walk.isLastAhead { return [] }
            let (found, covered) = try await sequencesInRuns(walk, limit: limit)
            if found.count == limit || covered >= walk.last { return walk.take(found) }
            // The writer first: what it spills before the runs are read again is in both.
            let (customer, position, limitInMemory) = (
                walk.customer, walk.position, reading.recordsInMemory
            )
            let inMemory = try await writer.perform { state in
                state.indexes.customers.sequencesInMemory(
                    of: customer, after: position, limit: limitInMemory)
            }
            let inRuns = try await sequencesInRuns(walk, limit: limit).found
            if inRuns.count == limit { return walk.take(inRuns) }
            let spilled = inRuns.last ?? position
            walk.ahead = ArraySlice(inRuns + inMemory.filter { $0 > spilled })
            walk.isLastAhead = inMemory.count < limitInMemory
        }
        let found = walk.ahead.prefix(limit)
        walk.ahead = walk.ahead.dropFirst(limit)
        return walk.take(found)
    }

    /// - Returns: and the record up to which the runs have all.
    private func sequencesInRuns(
        _ walk: RecordWalk, limit: Int
    ) async throws(LedgerError) -> (found: [Int64], covered: Int64) {
        try await readers.perform { database in
            (
                try database.sequences(of: walk.customer, after: walk.position, limit: limit),
                try database.coverage(.customer)
            )
        }
    }
}
