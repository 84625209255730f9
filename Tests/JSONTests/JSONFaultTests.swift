import JSON
import Testing

@Suite("Faults that stay with the values that have them")
struct JSONFaultTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let name: String
        let value: [UInt8]
        let fault: JSONFault
        /// Where it stands in the value.
        var pointer = ""

        init(_ name: String, _ value: String, _ fault: JSONFault, at pointer: String = "") {
            self.init(name, Array(value.utf8), fault, at: pointer)
        }

        init(_ name: String, _ value: [UInt8], _ fault: JSONFault, at pointer: String = "") {
            (self.name, self.value, self.fault, self.pointer) = (name, value, fault, pointer)
        }

        var testDescription: String { name }
    }

    private static func bytes(_ text: String, _ bytes: [UInt8], _ rest: String) -> [UInt8] {
        Array(text.utf8) + bytes + Array(rest.utf8)
    }

    private static func nested(_ depth: Int) -> String {
        String(repeating: "[", count: depth) + "\"]\"" + String(repeating: "]", count: depth)
    }

    static let rows: [Row] = [
        Row("half a surrogate pair", #""\ud800""#, .text),
        Row("pair the wrong way round", #"{"a":"\udc00\ud800"}"#, .text, at: "/a"),
        Row("unknown escape", #"[0,"\x41"]"#, .text, at: "/1"),
        Row("short escape before a quote", #""\u00e""#, .text),
        Row("a control character", "\"a\u{1}\"", .text),
        Row("a line break behind an escaped quote", "[\"\\\"\n\"]", .text, at: "/0"),
        Row("NUL", "{\"a\":\"\u{0}\"}", .text, at: "/a"),
        Row("a byte that is never UTF-8", bytes("\"", [0xFF], "\""), .text),
        Row("a character cut short by the quote", bytes("\"a", [0xF0, 0x9F, 0x98], "\""), .text),
        Row("an overlong NUL", bytes("\"", [0xC0, 0x80], "\""), .text),
        Row("an overlong slash in three", bytes("\"", [0xE0, 0x80, 0xAF], "\""), .text),
        Row("a surrogate in UTF-8", bytes("\"é", [0xED, 0xA0, 0x80], "\""), .text),
        Row("above U+10FFFF", bytes("\"", [0xF4, 0x90, 0x80, 0x80], "\""), .text),
        Row("a bad byte behind a backslash", bytes("\"\\", [0xFF], "\""), .text),
        Row("NaN", #"{"a":NaN}"#, .token, at: "/a"),
        Row("minus infinity", "-Infinity", .token),
        Row("a leading zero", "[01]", .token, at: "/0"),
        Row("a plus", "+1", .token),
        Row("an exponent without digits", "1e", .token),
        Row("half a literal", "tru", .token),
        Row("a bad byte outside of texts", bytes("", [0x80], ""), .token),
        Row("too many brackets", nested(40), .tooDeep, at: String(repeating: "/0", count: 31)),
        Row(
            "a hundred thousand brackets", #"{"a":\#(nested(100_000))}"#, .tooDeep,
            at: "/a" + String(repeating: "/0", count: 30)),
        Row("a member twice", #"{"b":{"a":1,"a":2}}"#, .duplicateMember, at: "/b"),
        Row("a member twice, once escaped", #"{"a":1,"\u0061":2}"#, .duplicateMember),
        Row("half a surrogate pair in a name", #"{"\ud800":1}"#, .key),
        Row("two bad names", #"{"\ud800":1,"\udc00":2,"c":3}"#, .key),
        Row("a bad byte in a name", bytes("{\"a\":{\"b", [0xFF], "\" : 1}}"), .key, at: "/a"),
    ]

    private func parse(_ bytes: [UInt8]) throws -> JSONDocument {
        try JSONDocument.parse(bytes, keepsFaults: true)
    }

    private func issues(_ node: JSONNode) -> [FieldIssue] {
        let issues = FieldIssues()
        FieldValue(node, issues: issues).noteFaults()
        return issues.all
    }

    @Test("a faulty value among good ones", arguments: rows)
    func amongGoodOnes(_ row: Row) throws {
        let text = Array("[{\"é\":\"\\\"é\"},".utf8) + row.value + Array(" , 1.50]".utf8)
        let document = try parse(text)
        let children = Array(document.root.children)
        #expect(children.map(\.fault) == [nil, row.pointer.isEmpty ? row.fault : .within, nil])
        #expect(children.first?.member("é")?.string == "\"é")
        #expect(children.last?.string == "1.50")
        #expect(document.root.fault == .within)
        let found = issues(children[1])
        #expect(found.map(\.pointer) == [row.pointer])
        #expect(found.allSatisfy { $0.severity == .malformed && !$0.detail.isEmpty })
        // What is kept here is thrown where nobody asks for faults.
        #expect(document.fault != nil)
        #expect(throws: JSONError.self) { try JSONDocument.parse(text) }
    }

    @Test("written again, the fault is the same", arguments: rows)
    func writtenAgain(_ row: Row) throws {
        let document = try parse([UInt8(ascii: "[")] + row.value + [UInt8(ascii: "]")])
        var writer = JSONWriter()
        writer.verbatim(document.root)
        let again = try parse(writer.bytes)
        // What stood too deep stands where it was found.
        #expect(again.root.children.map(\.fault) == document.root.children.map(\.fault))
        #expect(issues(again.root) == issues(document.root))
    }

    @Test("every fault is told", arguments: ["{\"a\":\"\\ud800\",\"a\":1}"])
    func all(_ text: String) throws {
        let found = issues(try parse(Array(text.utf8)).root)
        #expect(found.map(\.pointer) == ["", "/a"])
    }

    @Test(
        "what no value ends stays fatal",
        arguments: [
            ("no comma", "[1 2]"), ("wrong bracket", "[\"\\ud800\"}"), ("open string", "[\"\u{1}]"),
            ("comma only", "[,]"), ("no value", #"{"a":}"#), ("text after", "[NaN] 1"),
            ("open brackets", String(repeating: "[", count: 50)), ("a literal alone", "nul"),
            ("two numbers", "[1\u{0} 2]"), ("form feed", "[1\u{0C}]"),
            ("no colon", "{\"a\u{1}\" 1}"),
        ])
    func fatal(_ name: String, _ text: String) {
        #expect(throws: JSONError.self) { try parse(Array(text.utf8)) }
    }

    @Test("more bad bytes than anybody sends by accident are fatal")
    func tooManyBadBytes() throws {
        func text(_ count: Int) -> [UInt8] {
            Self.bytes("[\"", [UInt8](repeating: 0xFF, count: count), "\"]")
        }
        #expect(try parse(text(10_000)).fault != nil)
        #expect(throws: JSONError.self) { try parse(text(10_001)) }
    }

    @Test("a name that stands twice is told right, however much comes after it")
    func nameBeforeMuch() throws {
        let good = Array(repeating: #"{"name":"0123456789"}"#, count: 100_000)
        let text = #"[{"twice":1,"twice":2},"# + good.joined(separator: ",") + "]"
        #expect(try parse(Array(text.utf8)).fault == .duplicateMember("twice"))
    }

    @Test("a good text has none")
    func good() throws {
        let document = try parse(Array(#"[{"a":[1,"x",null]}]"#.utf8))
        #expect(document.fault == nil && document.root.fault == nil)
        #expect(issues(document.root).isEmpty)
    }
}
