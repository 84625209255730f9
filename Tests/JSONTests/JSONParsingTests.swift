import JSON
import Testing

struct JSONParsingTests {
    private func parse(_ text: String, depth: Int = 32) throws(JSONError) -> JSONNode {
        try JSONDocument.parse(Array(text.utf8), maximumDepth: depth).root
    }

    @Test(arguments: [
        "{}", "[]", " [ ] ", "\t\r\n{ }\n", "[1]", "[-0]", "[0.5e-7]", "[1E+2]",
        "[true,false,null]",
        #"["\"\\\/\b\f\n\r\t\u00e9"]"#, #"["\ud83d\ude00"]"#, "[\"\u{7F}\"]", "[\"é😀\"]",
        #"{"":1}"#, #"{"a":{"a":1}}"#, #"{"a":1,"A":2," a":3}"#, #"["\u0000"]"#,
        "[123456789012345678901234567890.123456789]", #"[[],{},[[]]]"#,
    ])
    func takes(_ text: String) throws {
        _ = try parse(text)
    }

    @Test(arguments: [
        ("nothing", ""), ("white space", " \n"), ("a number alone", "1"),
        ("a string alone", "\"a\""),
        ("a literal alone", "null"), ("open array", "["), ("open object", "{"),
        ("open string", "[\"a"), ("closed twice", "[]]"), ("two values", "[] []"),
        ("text after", "{}x"), ("comma after", "[],"), ("wrong bracket", "[}"),
        ("wrong brace", "{]"), ("wrong nesting", "[{]}"), ("comma first", "[,1]"),
        ("comma last", "[1,]"), ("two commas", "[1,,2]"), ("comma only", "[,]"),
        ("no comma", "[1 2]"), ("member comma last", #"{"a":1,}"#), ("member comma", "{,}"),
        ("no colon", #"{"a" 1}"#), ("no value", #"{"a":}"#), ("key alone", #"{"a"}"#),
        ("two colons", #"{"a"::1}"#), ("bare key", "{a:1}"), ("number key", "{1:1}"),
        ("single quotes", "['a']"), ("comment", "[1/*x*/]"), ("line comment", "[1]//x"),
        ("plus", "[+1]"), ("leading zero", "[01]"), ("minus alone", "[-]"),
        ("minus zero one", "[-01]"), ("point first", "[.5]"), ("point last", "[1.]"),
        ("exponent empty", "[1e]"), ("exponent sign", "[1e+]"), ("exponent point", "[1e1.5]"),
        ("two points", "[1.2.3]"), ("hexadecimal", "[0x1F]"), ("underscore", "[1_000]"),
        ("NaN", "[NaN]"), ("Infinity", "[-Infinity]"), ("letters", "[12abc]"),
        ("True", "[True]"), ("half a literal", "[tru]"), ("long literal", "[nulls]"),
        ("tab in a string", "[\"\t\"]"), ("newline in a string", "[\"\n\"]"),
        ("unknown escape", #"["\x41"]"#), ("short escape", #"["\u00e"]"#),
        ("bad escape", #"["\u00zz"]"#), ("lone high surrogate", #"["\ud800"]"#),
        ("lone low surrogate", #"["\udc00"]"#), ("surrogates reversed", #"["\udc00\ud800"]"#),
        ("high and no low", #"["\ud800\u0041"]"#), ("surrogate in a key", #"{"\ud800":1}"#),
        ("non-breaking space", "[1\u{A0}]"), ("form feed", "[1\u{0C}]"),
        ("NUL after a number", "[1\u{0}]"), ("NUL after a literal", "[null\u{0}]"),
        ("NUL after the text", "[1]\u{0}"), ("NUL between", "[1,\u{0}2]"),
        ("byte order mark", "\u{FEFF}[]"),
    ])
    func refuses(_ name: String, _ text: String) {
        expectMalformed(Array(text.utf8))
    }

    @Test(
        arguments: [
            ("lone continuation", [0x80]), ("lone lead", [0xC3]), ("overlong slash", [0xC0, 0xAF]),
            ("overlong NUL", [0xC0, 0x80]), ("surrogate", [0xED, 0xA0, 0x80]),
            ("above U+10FFFF", [0xF4, 0x90, 0x80, 0x80]), ("0xFF", [0xFF]),
            ("cut short", [0xF0, 0x9F, 0x98]),
        ] as [(String, [UInt8])])
    func refusesWhatIsNotUTF8(_ name: String, _ bytes: [UInt8]) {
        expectMalformed(Array("[\"".utf8) + bytes + Array("\"]".utf8))
        expectMalformed(Array("{\"".utf8) + bytes + Array("\":1}".utf8))
    }

    private func expectMalformed(_ bytes: [UInt8]) {
        do throws(JSONError) {
            _ = try JSONDocument.parse(bytes)
            Issue.record("was taken")
        } catch {
            guard case .malformed(let reason) = error else {
                Issue.record("\(error)")
                return
            }
            #expect(!reason.isEmpty)
        }
    }

    @Test(arguments: [
        (#"{"a":1,"a":1}"#, "a"), (#"{"a":1,"b":2,"a":3}"#, "a"), (#"{"a":1,"\u0061":2}"#, "a"),
        (#"[{"x":{"y":1,"y":2}}]"#, "y"), (#"{"":1,"":2}"#, ""), ("{\"é\":1,\"\\u00e9\":2}", "é"),
    ])
    func refusesDuplicateMembers(_ text: String, _ name: String) {
        #expect(throws: JSONError.duplicateMember(name)) { try parse(text) }
    }

    @Test func canonicallyEquivalentNamesAreTwo() throws {
        let root = try parse("{\"e\u{301}\":1,\"\u{E9}\":2}")
        #expect(root.count == 2)
        #expect(root.member("\u{E9}")?.string == "2")
        #expect(root.member("e\u{301}")?.string == "1")
    }

    @Test(arguments: [1, 2, 8, 32])
    func nestsAsDeepAsAllowed(_ depth: Int) throws {
        let arrays = { (depth: Int) in
            String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        }
        let objects = { (depth: Int) in
            String(repeating: #"{"a":"#, count: depth) + "1" + String(repeating: "}", count: depth)
        }
        for text in [arrays, objects] {
            _ = try parse(text(depth), depth: depth)
            #expect(throws: JSONError.tooDeep(limit: depth)) {
                try parse(text(depth + 1), depth: depth)
            }
        }
    }

    @Test func aMillionBracketsDoNoHarm() {
        #expect(throws: JSONError.self) { try parse(String(repeating: "[", count: 1_000_000)) }
        #expect(throws: JSONError.self) { try parse(String(repeating: #"{"a":"#, count: 100_000)) }
    }

    @Test func keepsNumbersAsWritten() throws {
        let numbers = ["0", "-0", "1.10", "1e5", "1E-007", "123456789012345678901234567890.50"]
        let root = try parse("[ \(numbers.joined(separator: " , ")) ]")
        #expect(root.children.map(\.string) == numbers)
        #expect(root.children.allSatisfy { $0.kind == .number })
    }

    @Test func unescapesStringsAndKeys() throws {
        let root = try parse(#"{"\u0061\n":"\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00\u0000"}"#)
        #expect(root.member("a\n")?.string == "\"\\/\u{8}\u{c}\n\r\té😀\u{0}")
    }

    @Test func ordersMembersByTheirBytes() throws {
        let root = try parse(#"{"b":1,"a":{"d":2,"c":3},"":4,"ä":5,"B":6,"aa":7,"😀":8,"\uffff":9}"#)
        #expect(root.children.map(\.key) == ["", "B", "a", "aa", "b", "ä", "\u{FFFF}", "😀"])
        #expect(root.member("a")?.children.map(\.key) == ["c", "d"])
        #expect(root.count == 8)
    }

    @Test func looksAtValuesSafely() throws {
        let root = try parse(#"[{"a":1},[1,2],null,true,"x",{}]"#)
        let children = Array(root.children)
        #expect(children.map(\.kind) == [.object, .array, .null, .true, .string, .object])
        #expect(children.map(\.count) == [1, 2, 0, 0, 0, 0])
        // Text of what has none is empty, whatever the node's offsets mean.
        #expect(children.map(\.string) == ["", "", "", "", "x", ""])
        #expect(children.map { $0.member("a")?.string } == ["1", nil, nil, nil, nil, nil])
        #expect(children.allSatisfy { $0.member("b") == nil })
        #expect(root.member("a") == nil)
        #expect(Array(children[4].children).isEmpty)
    }

    @Test func copiesNothingWhereThereIsRoom() throws {
        // The bytes behind the text may be anything.
        let text = Array(#"{"a":[1,"x"]}"#.utf8)
        let padded = text + [UInt8](repeating: UInt8(ascii: "\""), count: 64)
        let document = try padded.withUnsafeBytes { buffer throws(JSONError) in
            try JSONDocument(
                UnsafeRawBufferPointer(rebasing: buffer[..<text.count]), capacity: padded.count)
        }
        #expect(document.root.member("a")?.children.map(\.string) == ["1", "x"])
    }

    @Test(arguments: [
        ("[[1]", "]"), (#"{"a":{"b":1}"#, "}"), (#"{"a":{"b":1}"#, ",\"c\":1}"), ("[[1]", ",1]"),
        ("[[\"\\ud800\"]", "]"), ("[[[[1]]]", "]"),
    ])
    func whatFollowsDoesNotEndATextThatIsCutOff(_ text: String, _ rest: String) {
        let padded = Array((text + rest).utf8) + [UInt8](repeating: 0, count: 64)
        for keepsFaults in [false, true] {
            #expect(throws: JSONError.self) {
                try padded.withUnsafeBytes { buffer throws(JSONError) in
                    try JSONDocument(
                        UnsafeRawBufferPointer(rebasing: buffer[..<text.utf8.count]),
                        capacity: padded.count, maximumDepth: 3, keepsFaults: keepsFaults)
                }
            }
        }
    }

    @Test func oneThreadsTextsDoNotMix() throws {
        let first = try parse(#"{"a":"first, and long enough to be overwritten"}"#)
        let second = try parse(#"{"a":"second"}"#)
        #expect(throws: JSONError.self) { try parse("[") }
        #expect(first.member("a")?.string == "first, and long enough to be overwritten")
        #expect(second.member("a")?.string == "second")
    }
}
