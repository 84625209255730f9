import JSON
import Testing

struct FieldReaderTests {
    private enum Colour: String, CaseIterable { case red, green }

    private func field(_ json: String) throws -> (value: FieldValue, issues: FieldIssues) {
        let issues = FieldIssues()
        let root = try JSONDocument.parse(Array(json.utf8)).root
        return (FieldValue(root, issues: issues), issues)
    }

    @Test func gathersEveryIssueAtOnce() throws {
        let (value, issues) = try field(
            #"{"count":"x","colour":"blue","flag":1,"list":[1,{"deep":null}],"typo":1,"a/b~c":2}"#)
        var reader = try #require(value.object())
        #expect(reader.required("name")?.string() == nil)
        #expect(reader.required("count")?.integer(in: 1...3) == nil)
        #expect(reader.optional("colour")?.choice(Colour.self) == nil)
        #expect(reader.optional("flag")?.bool() == nil)
        let list = reader.required("list")?.array()
        #expect(list?.first?.string() == nil)
        var inner = try #require(list?.last?.object())
        #expect(inner.required("deep")?.string() == nil)
        inner.refuseUnknown()
        reader.refuseUnknown()
        #expect(
            issues.all.map(\.pointer) == [
                "/name", "/count", "/colour", "/flag", "/list/0", "/list/1/deep", "/a~1b~0c",
                "/typo",
            ])
        #expect(issues.all.map { $0.severity == .meaningless }.firstIndex(of: true) == 2)
        #expect(throws: InvalidFields(issues.all)) { try issues.throwIfAny() }
        let typo = try #require(issues.all.last)
        #expect(typo.detail.contains("name, count, colour, flag, list"))
    }

    @Test func aGoodObjectHasNoIssues() throws {
        let (value, issues) = try field(
            #"{"name":"x","count":3,"colour":"red","flag":false,"list":[1,2],"none":null}"#)
        var reader = try #require(value.object())
        #expect(reader.required("name")?.text(limit: 1) == "x")
        #expect(reader.required("count")?.integer(in: 1...3) == 3)
        #expect(reader.required("colour")?.choice(Colour.self) == .red)
        #expect(reader.required("flag")?.bool() == false)
        #expect(reader.required("list")?.array(limit: 2) { $0.integer(in: 0...9) } == [1, 2])
        #expect(reader.optional("none") == nil)
        #expect(reader.optional("absent") == nil)
        reader.refuseUnknown()
        #expect(issues.all.isEmpty)
        try issues.throwIfAny()
    }

    @Test func nullIsAbsent() throws {
        let (value, issues) = try field(#"{"name":null}"#)
        var reader = try #require(value.object())
        #expect(reader.required("name") == nil)
        #expect(
            issues.all
                == [FieldIssue(pointer: "/name", detail: "is required", severity: .malformed)])
    }

    @Test(arguments: [
        ("~", "/~0"), ("/", "/~1"), ("~1", "/~01"), ("a/~b", "/a~1~0b"), ("", "/"), (" ", "/ "),
        ("é", "/é"), ("~\u{301}", "/~0\u{301}"), ("/\u{20DD}", "/~1\u{20DD}"),
    ])
    func escapesPointers(_ key: String, _ pointer: String) throws {
        var writer = JSONWriter()
        writer.object { writer in
            writer.key(key.utf8)
            writer.number(1)
        }
        let (value, issues) = try field(String(decoding: writer.bytes, as: UTF8.self))
        let reader = try #require(value.object())
        reader.refuseUnknown()
        #expect(issues.all.map { Array($0.pointer.utf8) } == [Array(pointer.utf8)])
    }

    @Test(arguments: [
        ("not a number", "\"1\"", FieldIssue.Severity.malformed), ("fraction", "1.5", .malformed),
        ("too small", "0", .meaningless), ("too big", "11", .meaningless),
        ("enormous", "99999999999999999999", .malformed), ("endless", "1e999", .malformed),
    ])
    func refusesWholeNumbers(_ name: String, _ json: String, _ severity: FieldIssue.Severity) throws
    {
        let (value, issues) = try field("[\(json)]")
        #expect(value.array()?.first?.integer(in: 1...10) == nil)
        #expect(issues.all.map(\.severity) == [severity])
        #expect(issues.all.map(\.pointer) == ["/0"])
    }

    /// As JSON Schema has it: a number is whole by its value.
    @Test(arguments: ["5", "5.0", "0.5e1", "50E-1", "5e0"])
    func readsWholeNumbers(_ json: String) throws {
        let (value, issues) = try field("[\(json)]")
        #expect(value.array()?.first?.integer(in: 1...10) == 5)
        #expect(issues.all.isEmpty)
    }

    @Test func limitsListsAndTexts() throws {
        let (value, issues) = try field(#"["ab","é",[1,2]]"#)
        let elements = try #require(value.array())
        #expect(elements[0].text(limit: 2) == "ab")
        #expect(elements[1].text(limit: 1) == nil)
        #expect(elements[2].array(limit: 1) { $0.integer(in: 0...9) } == nil)
        #expect(elements[2].array(limit: 2) { $0.integer(in: 2...9) } == nil)
        #expect(value.object() == nil)
        #expect(elements[0].array() == nil)
        #expect(issues.all.map(\.pointer) == ["/1", "/2", "/2/0", "", "/0"])
    }

    @Test func aFloodOfTyposHasALimit() throws {
        let members = (0..<3_000).map { "\"k\($0)\":1" }.joined(separator: ",")
        let (value, issues) = try field("{\(members)}")
        let reader = try #require(value.object())
        reader.refuseUnknown()
        #expect(issues.all.count == FieldIssues.maximumCount)
    }
}
