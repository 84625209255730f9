/// How a text is made of a CSV row.
///
/// Literal text stands for itself, `{Column}` for a column's field, `{row}` for the row's number
/// from 1, the header not counted, unless a column has that name. `{{` and `}}` stand for braces.
struct FieldTemplate: Equatable, Sendable {
    enum Part: Equatable, Sendable {
        case text([UInt8])
        case column(Int)
        case row
    }

    private let parts: [Part]

    /// Columns that the template takes.
    var columns: [Int] {
        parts.compactMap { part in
            if case .column(let column) = part { column } else { nil }
        }
    }

    /// A single column as it is.
    init(column: Int) { parts = [.column(column)] }

    /// - Throws: `ImportError` naming what is wrong with the template.
    init(_ text: String, header: CSVHeader) throws(ImportError) {
        var parts: [Part] = []
        var literal: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "{") where rest.first != byte:
                guard let end = rest.firstIndex(of: UInt8(ascii: "}")) else {
                    throw ImportError("\"\(text)\": a brace is not closed; write {{ for a brace")
                }
                if !literal.isEmpty { parts.append(.text(literal)) }
                literal = []
                parts.append(try header.part(rest[..<end], of: text))
                rest = rest[(end + 1)...]
            case UInt8(ascii: "{"), UInt8(ascii: "}"):
                guard rest.first == byte else {
                    throw ImportError("\"\(text)\": a brace closes nothing; write }} for a brace")
                }
                rest.removeFirst()
                literal.append(byte)
            default: literal.append(byte)
            }
        }
        if !literal.isEmpty { parts.append(.text(literal)) }
        self.parts = parts
    }

    func text(_ record: CSVRecord, row: Int) -> [UInt8] {
        var text: [UInt8] = []
        for part in parts {
            switch part {
            case .text(let literal): text.append(contentsOf: literal)
            case .column(let column): text.append(contentsOf: record[column])
            case .row: text.append(contentsOf: String(row).utf8)
            }
        }
        return text
    }
}

/// The names of a CSV file's columns.
struct CSVHeader: Equatable, Sendable {
    let names: [String]

    /// - Throws: `ImportError` where two columns share a name.
    init(_ record: CSVRecord) throws(ImportError) {
        names = (0..<record.count).map { String(decoding: record[$0], as: UTF8.self) }
        for (index, name) in names.enumerated()
        where names[..<index].contains(where: { $0.utf8.elementsEqual(name.utf8) }) {
            throw ImportError("the header names two columns \"\(name)\"")
        }
    }

    /// Names are compared as bytes.
    func column(_ name: some Collection<UInt8>) -> Int? {
        names.firstIndex { $0.utf8.elementsEqual(name) }
    }

    fileprivate func part(
        _ name: ArraySlice<UInt8>, of template: String
    ) throws(ImportError) -> FieldTemplate.Part {
        if let column = column(name) { return .column(column) }
        if name.elementsEqual("row".utf8) { return .row }
        throw ImportError(
            "\"\(template)\": there is no column \"\(String(decoding: name, as: UTF8.self))\"; "
                + "the file has \(names.joined(separator: ", "))")
    }
}
