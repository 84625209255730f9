/// One record of a CSV file: the bytes of its fields, quotes taken off.
struct CSVRecord: Equatable, Sendable {
    /// The line on which it starts, counting from 1.
    let line: Int
    fileprivate(set) var bytes: [UInt8] = []
    /// Where each field ends in `bytes`.
    fileprivate(set) var ends: [Int] = []

    init(line: Int) { self.line = line }

    var count: Int { ends.count }

    subscript(_ field: Int) -> ArraySlice<UInt8> {
        bytes[(field == 0 ? 0 : ends[field - 1])..<ends[field]]
    }

    /// An empty line, which is no record.
    var isBlank: Bool { ends.count == 1 && bytes.isEmpty }
}

/// Takes a CSV file apart as RFC 4180 says.
///
/// Quoted fields may hold delimiters, line breaks and doubled quotes. Lines end in CRLF or LF; a
/// quote inside an unquoted field is itself.
struct CSVReader {
    enum Row: Equatable, Sendable {
        case record(CSVRecord)
        case fault(line: Int, String)
    }

    private enum Place { case fieldStart, plain, quoted, afterQuote }

    private var bytes: ByteReader
    private let delimiter: UInt8
    /// Line feeds passed.
    private var lines = 0
    private var isStarted = false

    init(_ bytes: ByteReader, delimiter: UInt8 = UInt8(ascii: ",")) {
        self.bytes = bytes
        self.delimiter = delimiter
    }

    var bytesRead: Int { bytes.offset }

    /// The next row that is not blank; nil at the file's end.
    mutating func next() throws -> Row? {
        if !isStarted {
            isStarted = true
            try bytes.skipByteOrderMark()
        }
        while try bytes.hasMore() {
            let row = try nextRow()
            if case .record(let record) = row, record.isBlank { continue }
            return row
        }
        return nil
    }

    private mutating func nextRow() throws -> Row {
        var record = CSVRecord(line: lines + 1)
        var place = Place.fieldStart
        var fault: String?
        while let byte = try bytes.next() {
            switch (place, byte) {
            case (.quoted, UInt8(ascii: "\"")): place = .afterQuote
            case (.afterQuote, UInt8(ascii: "\"")):
                record.append(byte)
                place = .quoted
            case (.quoted, _):
                if byte == UInt8(ascii: "\n") { lines += 1 }
                record.append(byte)
            case (_, UInt8(ascii: "\n")):
                lines += 1
                return finish(&record, fault)
            case (_, UInt8(ascii: "\r")) where try bytes.peek() == UInt8(ascii: "\n"): break
            case (_, delimiter):
                record.endField()
                place = .fieldStart
            case (.fieldStart, UInt8(ascii: "\"")): place = .quoted
            case (.afterQuote, _):
                fault = fault ?? "text follows the closing quote of field \(record.count + 1)"
            default:
                record.append(byte)
                place = .plain
            }
        }
        if place == .quoted {
            fault = "the quote that opens field \(record.count + 1) is never closed"
        }
        return finish(&record, fault)
    }

    private func finish(_ record: inout CSVRecord, _ fault: String?) -> Row {
        record.endField()
        if let fault { return .fault(line: record.line, fault) }
        guard record.bytes.count <= ImportLimits.recordBytes else {
            return .fault(
                line: record.line, "the record is longer than \(ImportLimits.recordBytes) bytes")
        }
        guard record.count <= ImportLimits.columns else {
            return .fault(
                line: record.line, "the record has more than \(ImportLimits.columns) fields")
        }
        return .record(record)
    }
}

extension CSVRecord {
    /// Keeps one byte more than the limit, so that its breach shows.
    @inline(__always)
    fileprivate mutating func append(_ byte: UInt8) {
        if bytes.count <= ImportLimits.recordBytes { bytes.append(byte) }
    }

    fileprivate mutating func endField() {
        if ends.count <= ImportLimits.columns { ends.append(bytes.count) }
    }
}
