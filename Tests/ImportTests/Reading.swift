import JSON
@testable import tallystick

/// A reader over `text` in chunks of so many bytes, so that every edge is met.
func reader(_ text: String, chunk: Int = 7) -> ByteReader { reader(Array(text.utf8), chunk: chunk) }

func reader(_ bytes: [UInt8], chunk: Int = 7) -> ByteReader {
    var rest = bytes[...]
    return ByteReader {
        defer { rest = rest.dropFirst(chunk) }
        return Array(rest.prefix(chunk))
    }
}

extension ImportRowReader {
    mutating func all() throws -> [ImportRow] {
        var rows: [ImportRow] = []
        while let row = try next() { rows.append(row) }
        return rows
    }
}

extension ImportRow {
    static func event(_ line: Int, _ json: String) -> ImportRow {
        ImportRow(line: line, .event(Array(json.utf8)))
    }

    var json: String? {
        guard case .event(let json) = content else { return nil }
        return String(decoding: json, as: UTF8.self)
    }

    var fault: String? {
        guard case .fault(let detail) = content else { return nil }
        return detail
    }
}
