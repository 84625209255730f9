import JSON
import Mustache

/// How a variable's text is written, so that it stays text wherever it stands.
enum PayloadEscaping: String, Sendable, CaseIterable, MustacheContentType {
    /// Inside the quotes of a JSON string.
    case json = "tallystick-json"
    /// Inside an element or an attribute's quotes.
    case xml = "tallystick-xml"
    /// Inside the quotes of a field (RFC 4180).
    case csv = "tallystick-csv"
    case none = "tallystick-none"

    func escapeText(_ text: String) -> String {
        switch self {
        case .json:
            var writer = JSONWriter(capacity: text.utf8.count + 8)
            writer.string(text)
            return String(decoding: writer.bytes.dropFirst().dropLast(), as: UTF8.self)
        case .xml: return text.unicodeScalars.map(Self.xml).joined()
        case .csv:
            return text.unicodeScalars.map { $0 == "\"" ? "\"\"" : String($0) }.joined()
        case .none: return text
        }
    }

    /// A character as XML takes it; those that XML 1.0 has no form for become U+FFFD.
    private static func xml(_ character: Unicode.Scalar) -> String {
        switch character {
        case "<": "&lt;"
        case ">": "&gt;"
        case "&": "&amp;"
        case "\"": "&quot;"
        case "'": "&#39;"
        case "\t", "\n", "\r": "&#\(character.value);"
        case "\u{0}"..."\u{1F}", "\u{FFFE}", "\u{FFFF}": "\u{FFFD}"
        default: String(character)
        }
    }

    /// The name under which templates' parser knows an escaping; it knows them by name only.
    static func registered(_ escaping: PayloadEscaping) -> String {
        MustacheContentTypes.register(escaping, named: escaping.rawValue)
        return escaping.rawValue
    }
}
