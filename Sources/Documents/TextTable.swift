/// A table for a terminal: columns as wide as their widest cell.
package struct TextTable {
    package enum Alignment { case left, right }

    private let alignments: [Alignment]
    private var rows: [[String]]

    package init(_ columns: [(title: String, alignment: Alignment)]) {
        alignments = columns.map(\.alignment)
        rows = [columns.map(\.title)]
    }

    package mutating func add(_ cells: [String]) { rows.append(cells) }

    /// Each line begins with `indent` spaces; a rule stands under the titles and before the last
    /// row where that is a total.
    package func lines(indent: Int = 2, total: Bool = false) -> [String] {
        let widths = alignments.indices.map { column in
            rows.map { $0[column].terminalColumns }.max() ?? 0
        }
        let margin = String(repeating: " ", count: indent)
        let rule = margin + widths.map { String(repeating: "-", count: $0) }.joined(separator: "  ")
        var lines: [String] = []
        for (index, row) in rows.enumerated() {
            if index == 1 || (total && index == rows.count - 1) { lines.append(rule) }
            let cells = row.enumerated().map { column, cell in
                let padding = String(
                    repeating: " ", count: widths[column] - cell.terminalColumns)
                return alignments[column] == .left ? cell + padding : padding + cell
            }
            lines.append((margin + cells.joined(separator: "  ")).trimmedRight)
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

    /// Columns that a terminal takes for it: ideographs and their like take two.
    fileprivate var terminalColumns: Int {
        reduce(0) { $0 + ($1.unicodeScalars.first.map(Self.isWide) == true ? 2 : 1) }
    }

    /// The blocks of Unicode's East Asian Width W and F, roughly.
    private static func isWide(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xAC00...0xD7A3, 0xF900...0xFAFF,
            0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F,
            0x1F900...0x1F9FF, 0x20000...0x3FFFD:
            true
        default: false
        }
    }
}
