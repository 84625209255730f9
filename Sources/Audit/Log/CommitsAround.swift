internal import Billing
internal import SQLite

/// Links what was committed together with a customer's records, and what no run of the index has yet.
///
/// It is asked only where something differs: a record that was changed together with its hash, or
/// taken out before a run had it, is told by its commit alone.
struct CommitsAround {
    private let file: LedgerFile
    private let customer: Identifier
    /// The last record that is looked at.
    private let end: Int64

    init(_ customer: Identifier, through end: Int64, in file: LedgerFile) {
        (self.file, self.customer, self.end) = (file, customer, end)
    }

    /// The first place at which the log is not what was committed; nil where it is.
    func firstDifference() throws -> Difference? {
        let index = try CustomerIndex(of: customer, in: file)
        let terms = try file.sequencesOfTerms(of: customer).filter { $0 <= end }
        var through: Int64 = 0
        var covered: Int64 = 0
        var last: Int64 = 0
        var rest = terms[...]
        while true {
            let page = try index.page(after: last)
            covered = page.covered
            for sequence in page.sequences where sequence <= end {
                let before = rest.prefix { $0 < sequence }
                rest = rest.dropFirst(before.count)
                if let found = try link(before + [sequence], &through) { return found }
            }
            guard let next = page.sequences.last, next < end else { break }
            last = next
        }
        if let found = try link(rest.filter { $0 <= covered }, &through) { return found }
        let tail = max(through, covered)
        return tail < end ? try link(tail + 1...end) : nil
    }

    /// - Parameter through: the last record that was linked.
    private func link(_ sequences: some Sequence<Int64>, _ through: inout Int64) throws
        -> Difference?
    {
        for sequence in sequences where sequence > through {
            let commit = try file.commit(of: sequence)
            if let found = try link(commit) { return found }
            through = commit.upperBound
        }
        return nil
    }

    /// Links records, from the begin of the first one's commit on.
    private func link(_ records: ClosedRange<Int64>) throws -> Difference? {
        var chain = try LogChain(of: file, from: records.lowerBound)
        while chain.last < records.upperBound {
            let start = chain.last
            var found: Difference?
            try file.rows(after: start) { row in
                guard found == nil, row.integer(0) <= records.upperBound else { return }
                found = try chain.append(
                    row.integer(0), Digest(hashing: row.bytes(5)),
                    at: Instant(microseconds: row.integer(2))
                ).first
            }
            if let found { return found }
            if chain.last == start { return .missing(start + 1, records.upperBound) }
        }
        return nil
    }
}
