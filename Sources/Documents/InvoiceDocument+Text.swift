extension InvoiceDocument {
    /// Plain text for a terminal, in aligned columns; every line ends with a line feed.
    package var text: String {
        let blocks =
            [[title]] + notices.map { [$0] } + [
                Self.lines(facts, indent: 0), lineTable.lines(indent: 0, total: true),
            ]
            + groups.map { [$0.title] + $0.table.lines() } + evidenceBlocks
        return blocks.filter { !$0.isEmpty }
            .map { $0.map { $0 + "\n" }.joined() }.joined(separator: "\n")
    }

    private var lineTable: TextTable {
        var table = TextTable([
            ("", .left), ("Quantity", .right), ("Parts", .right), ("Amount \(currency)", .right),
        ])
        for line in lines {
            table.add([line.description, line.quantity, "", line.amount])
            for part in line.parts { table.add(["  " + part.label, "", part.amount, ""]) }
        }
        table.add(["Total", "", "", total])
        return table
    }

    private var evidenceBlocks: [[String]] {
        evidence.map { ["Evidence of \($0.line)"] + Self.lines($0.facts, indent: 2) }
            + [log.isEmpty ? [] : ["Log"] + Self.lines(log, indent: 2)]
    }

    /// Labels in one column, values in the next.
    private static func lines(_ facts: [Fact], indent: Int) -> [String] {
        let width = facts.map(\.label.count).max() ?? 0
        return facts.flatMap { fact in
            fact.values.enumerated().map { index, value in
                let label = index == 0 ? fact.label : ""
                return String(repeating: " ", count: indent) + label
                    + String(repeating: " ", count: width - label.count + 2) + value
            }
        }
    }
}

extension InvoiceDocument.Groups {
    fileprivate var table: TextTable {
        var table = TextTable(
            properties.map { ($0, .left) } + [("Quantity", .right), ("Events", .right)])
        for row in rows { table.add(row.values + [row.quantity, row.eventCount]) }
        return table
    }
}
