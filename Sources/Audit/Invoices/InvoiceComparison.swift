internal import Billing
internal import JSON

/// A stored invoice beside the one that the log gives.
struct InvoiceComparison {
    /// One for each line that either has, in order.
    let lines: [LineVerification]
    /// The first thing in which they differ; a line's before any other.
    let difference: Difference?

    init(of found: StoredInvoice, with expected: ExpectedInvoice) throws {
        let json = try expected.json()
        if found.body == json {
            lines = expected.lines.map { LineVerification(lineId: $0.id, matches: true) }
            difference = expected.difference(fromColumns: found)
            return
        }
        let must = try JSONDocument.parse(json).root
        let stored = try? JSONDocument.parse(found.body).root
        let pairs = Self.pairs(stored, must)
        let lines = try pairs.map { try LineVerification($0) }
        self.lines = lines
        guard let stored else {
            difference = Difference("\(expected.name) is not JSON that can be read")
            return
        }
        var differences: [Difference?] = []
        if let index = lines.firstIndex(where: { !$0.matches }) {
            let line = expected.lines.first { $0.id == lines[index].lineId }
            differences.append(
                try pairs[index].difference(in: expected.name, parted: line?.parted))
        }
        if let whole = try JSONDifference.between(stored, must) {
            differences.append(Difference("\(expected.name): \(whole)"))
        } else {
            differences.append(Difference("\(expected.name) is written in other bytes"))
        }
        differences.append(expected.difference(fromColumns: found))
        difference = differences.compactMap(\.self).first
    }

    /// The lines in the order in which they must stand, those that must not be there at the end.
    private static func pairs(_ found: JSONNode?, _ must: JSONNode) -> [LinePair] {
        let (stored, expected) = (found?.lines ?? [], must.lines)
        let pairs = expected.map { line in
            LinePair(
                id: line.id, found: stored.first { $0.id == line.id }?.node, must: line.node)
        }
        let known = Set(expected.map(\.id))
        let others = stored.filter { !known.contains($0.id) }
        return pairs + others.map { LinePair(id: $0.id, found: $0.node, must: nil) }
    }
}

extension ExpectedInvoice {
    /// Where the columns beside an invoice say something else than it does.
    fileprivate func difference(fromColumns row: StoredInvoice) -> Difference? {
        let columns = [
            ComparedColumn("id", row.id, id),
            ComparedColumn("kind", row.kind, close.kind.rawValue),
            ComparedColumn("customerId", row.customerId, customer.id),
            ComparedColumn("subscriptionId", row.subscriptionId, close.subscriptionId),
        ]
        return columns.difference.map { Difference("\(name) \($0)") }
    }
}

extension JSONNode {
    /// The lines of an invoice.
    var lines: [(id: String, node: JSONNode)] {
        (member("lines").map { Array($0.children) } ?? []).map { line in
            (line.member("id")?.string ?? "", line)
        }
    }
}
