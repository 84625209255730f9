import JSON

/// Events as lines of JSON: each is checked to be one object and sent as it was written.
///
/// What the object says is `ingestEvent`'s to judge; but a line that is not JSON would spoil the
/// whole call that carries it.
struct NDJSONReader: ImportRowReader {
    private var bytes: ByteReader
    private var line = 0
    private var isStarted = false

    init(_ bytes: ByteReader) { self.bytes = bytes }

    var bytesRead: Int { bytes.offset }

    mutating func next() throws -> ImportRow? {
        if !isStarted {
            isStarted = true
            try bytes.skipByteOrderMark()
        }
        while let text = try nextLine() {
            guard text.contains(where: { !Self.isSpace($0) }) else { continue }
            return ImportRow(line: line, Self.content(text))
        }
        return nil
    }

    /// At most one byte more than the limit, so that its breach shows.
    private mutating func nextLine() throws -> [UInt8]? {
        guard try bytes.hasMore() else { return nil }
        line += 1
        var text: [UInt8] = []
        let kept = ImportLimits.recordBytes + 1
        while try !bytes.take(upTo: UInt8(ascii: "\n"), into: &text, keeping: kept) {
            guard try bytes.hasMore() else { break }
        }
        return text
    }

    private static func content(_ text: [UInt8]) -> ImportRow.Content {
        guard text.count <= ImportLimits.recordBytes else {
            return .fault("the line is longer than \(ImportLimits.recordBytes) bytes")
        }
        do throws(JSONError) {
            let document = try JSONDocument.parse(text, maximumDepth: ImportLimits.eventDepth)
            guard document.root.kind == .object else { return .fault("not a JSON object") }
            return .event(text)
        } catch {
            return .fault(error.description)
        }
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x09 || byte == 0x0D
    }
}
