/// A table for a terminal: columns as wide as their widest cell.
struct TextTable {
    enum Alignment { case left, right }

    private let alignments: [Alignment]
    private var rows: [[String]]

    init(_ columns: [(title: String, alignment: Alignment)]) {
        alignments = columns.map(\.alignment)
        rows = [columns.map(\.title)]
    }

    mutating func add(_ cells: [String]) { rows.append(cells) }

    /// Each line begins with `indent` spaces; a rule stands under the titles and before the last
    /// row where that is a total.
    func lines(indent: Int = 2, total: Bool = false) -> [String] {
        let widths = alignments.indices.map { column in
            rows.map { $0[column].count }.max() ?? 0
        }
        let margin = String(repeating: " ", count: indent)
        let rule = margin + widths.map { String(repeating: "-", count: $0) }.joined(separator: "  ")
        var lines: [String] = []
        for (index, row) in rows.enumerated() {
            if index == 1 || (total && index == rows.count - 1) { lines.append(rule) }
            let cells = row.enumerated().map { column, cell in
                let padding = String(repeating: " ", count: widths[column] - cell.count)
                return alignments[column] == .left ? cell + padding : padding + cell
            }
            lines.append(margin + cells.joined(separator: "  ").trimmedRight)
        }
        return lines
    }
}

extension String {
    fileprivate var trimmedRight: String {
        var text = self
        while text.last == " " { text.removeLast() }
        return text
    }

    /// Digits in groups of three: `1234567.5` as `1,234,567.5`.
    var grouped: String {
        let parts = split(separator: ".", maxSplits: 1)
        guard let whole = parts.first else { return self }
        var digits = ""
        for (index, character) in whole.reversed().enumerated() {
            if index > 0, index % 3 == 0, character != "-" { digits.append(",") }
            digits.append(character)
        }
        return ([String(digits.reversed())] + parts.dropFirst().map(String.init))
            .joined(separator: ".")
    }
}
