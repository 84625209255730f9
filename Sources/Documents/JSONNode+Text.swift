internal import JSON

extension JSONNode {
    /// A member's text, a number's digits as they are; empty where there is none.
    func text(_ name: String) -> String {
        guard let member = member(name), !member.isNull else { return "" }
        return VisibleText.of(member.string)
    }

    func elements(_ name: String) -> [JSONNode] { member(name).map { Array($0.children) } ?? [] }

    /// A value of somebody's own: a text as it is, unless it would pass for another kind of value;
    /// all else as JSON.
    var shown: String {
        guard kind == .string else {
            return VisibleText.of(String(decoding: asJSON, as: UTF8.self))
        }
        let looksLikeAnother = string.isEmpty || Self.isValue(text)
        return VisibleText.of(looksLikeAnother ? String(decoding: asJSON, as: UTF8.self) : string)
    }

    private static func isValue(_ text: [UInt8]) -> Bool {
        // Most texts begin as no value does.
        guard let first = text.first, "\"{[-0123456789tfn \t\r\n".utf8.contains(first)
        else { return false }
        do throws(JSONError) {
            return try JSONDocument.parse(Array("[".utf8) + text + Array("]".utf8)).root.count == 1
        } catch { return false }
    }

    /// The same, a text of several lines, such as an address, line by line.
    var shownLines: [String] {
        guard kind == .string, string.contains(where: \.isNewline) else { return [shown] }
        return string.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            .map { VisibleText.of(String($0)) }
    }

    private var asJSON: [UInt8] {
        var writer = JSONWriter()
        // What an invoice holds was canonical when it was written.
        do throws(NumberTextError) { try writer.canonical(self) } catch { return text }
        return writer.bytes
    }
}

extension String {
    /// A decimal in its shortest form: `2.50` as `2.5`.
    var withoutTrailingZeros: String {
        guard contains(".") else { return self }
        var text = self
        while text.last == "0" { text.removeLast() }
        if text.last == "." { text.removeLast() }
        return text
    }
}
