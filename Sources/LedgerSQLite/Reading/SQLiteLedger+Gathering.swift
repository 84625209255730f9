internal import Ledger

/// A part of the log to look through.
struct RecordStretch: Sendable {
    let records: ClosedRange<Int64>
    /// No more items than this are in it.
    var itemCount = Int.max

    /// The part of it after a record; nil where nothing is left to find.
    func after(_ position: Int64) -> RecordStretch? {
        guard records.upperBound > position, itemCount > 0 else { return nil }
        return RecordStretch(
            records: max(records.lowerBound, position + 1)...records.upperBound,
            itemCount: itemCount)
    }
}

extension SQLiteLedger {
    /// Looks through a customer's records for the items of one page.
    ///
    /// - Parameter read: the items that are in some records, in the records' order.
    /// - Returns: and the record after which the next page begins; nil where all was looked through.
    func gather<Item: Sendable>(
        _ customer: KeyHash, _ stretches: [RecordStretch], limit: Int,
        sequence: (Item) -> Int64,
        _ read: @escaping @Sendable (borrowing Database, [Int64]) throws -> [Item]
    ) async throws(LedgerError) -> (items: [Item], next: Int64?) {
        var items: [Item] = []
        var looked = 0
        for stretch in stretches {
            var walk = RecordWalk(of: customer, stretch.records)
            let end =
                stretch.itemCount < .max - items.count ? items.count + stretch.itemCount : .max
            while items.count < end {
                // The first read is of as many as fill the page where each is one of its items.
                let count = looked == 0 ? limit + 1 : reading.recordsPerRead
                let sequences = try await step(
                    &walk, limit: min(count, reading.recordsPerRead))
                if sequences.isEmpty { break }
                items += try await readers.perform { try read($0, sequences) }
                if items.count > limit {
                    let page = Array(items.prefix(limit))
                    return (page, page.last.map(sequence))
                }
                looked += sequences.count
                if looked >= reading.recordsPerPage { return (items, walk.position) }
            }
        }
        return (items, nil)
    }
}
