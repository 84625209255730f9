internal import Billing
internal import SQLite

/// A customer's events, through the customer index, a page at a time.
struct CustomerEvents {
    private let file: LedgerFile
    private let customer: Identifier
    private let index: CustomerIndex

    init(of customer: Identifier, in file: LedgerFile) throws {
        self.file = file
        self.customer = customer
        index = try CustomerIndex(of: customer, in: file)
    }

    /// Gives every event up to a record to `take`, in order; voids are in the customer's history.
    ///
    /// - Throws: what `take` throws, or `Difference` where the index names a record that is missing.
    func events(through end: Int64, _ take: (CheckedRecord) throws -> Void) throws {
        var page = LogPage(checksForm: false)
        var last: Int64 = 0
        while true {
            let known = try index.page(after: last)
            for range in known.sequences.ranges where range.first <= end {
                try read(range, through: end, &page, take)
            }
            last = known.sequences.last ?? max(last, known.covered)
            if known.sequences.isEmpty || last >= end { break }
        }
        // What no run has yet.
        while last < end {
            let next = min(last + AuditLimits.pageRecords, end)
            try file.rows(last + 1...next) { row in
                guard row.isEvent, row.bytes(3) == customer.bytes else { return }
                page.append(row)
            }
            last = next
            try page.drain(take)
        }
        try page.drain(take)
    }

    private func read(
        _ range: SequenceRange, through end: Int64, _ page: inout LogPage,
        _ take: (CheckedRecord) throws -> Void
    ) throws {
        var expected = range.sequences[...].prefix { $0 <= end }
        try file.rows(range.first...min(range.last, end)) { row in
            // Others' records stand between.
            guard expected.first == row.integer(0) else { return }
            expected.removeFirst()
            if row.isEvent { page.append(row) }
        }
        if let missing = expected.first {
            throw Difference("record \(missing) is missing", sequence: missing)
        }
        if page.count >= Int(AuditLimits.pageRecords) { try page.drain(take) }
    }
}

extension Statement {
    /// Whether the row is an event's, of the columns of `LogRow`.
    var isEvent: Bool { integer(1) == RecordKind.event.rawValue }
}

/// Sequences that are read as one range, for few others stand between.
private struct SequenceRange {
    var sequences: ArraySlice<Int64>

    var first: Int64 { sequences.first ?? 0 }
    var last: Int64 { sequences.last ?? 0 }
}

extension [Int64] {
    fileprivate var ranges: [SequenceRange] {
        var ranges: [SequenceRange] = []
        var start = 0
        for index in indices {
            let isLast = index + 1 == count
            let isFull = index - start + 1 == Int(AuditLimits.pageRecords)
            guard isLast || isFull || self[index + 1] - self[index] > AuditLimits.rangeGap
            else { continue }
            ranges.append(SequenceRange(sequences: self[start...index]))
            start = index + 1
        }
        return ranges
    }
}
