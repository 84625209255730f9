import Billing
import JSON
import Testing

/// Which events a filter lets through (`contract.md`, Catalog).
struct MeterFilterTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let filter: String
        let properties: String?
        let holds: Bool

        init(_ filter: String, _ properties: String?, _ holds: Bool) {
            self.filter = filter
            self.properties = properties
            self.holds = holds
        }

        var testDescription: String { "\(filter) of \(properties ?? "nothing"): \(holds)" }
    }

    /// - Parameter members: the filter's, but for its property, which is `p`.
    private func check(_ row: Row, property: String = "p") throws {
        let (value, issues) = try JSONText.field(#"{"property":"\#(property)",\#(row.filter)}"#)
        let filter = MeterFilter(value)
        try issues.throwIfAny()
        let properties = try row.properties.map { try JSONDocument.parse(Array($0.utf8)).root }
        #expect(try #require(filter).holds(for: properties) == row.holds)
    }

    @Test(arguments: [
        Row(#""operator":"eq","value":"eu""#, #"{"p":"eu"}"#, true),
        Row(#""operator":"eq","value":"eu""#, #"{"p":"EU"}"#, false),
        Row(#""operator":"eq","value":"eu""#, #"{"p":"eu "}"#, false),
        Row(#""operator":"eq","value":1"#, #"{"p":1.00}"#, true),
        Row(#""operator":"eq","value":1"#, #"{"p":"1.0"}"#, true),
        Row(#""operator":"eq","value":"100""#, #"{"p":1e2}"#, true),
        Row(#""operator":"eq","value":0"#, #"{"p":"-0"}"#, true),
        Row(#""operator":"eq","value":"1""#, #"{"p":"01"}"#, false),
        Row(#""operator":"eq","value":"01""#, #"{"p":"01"}"#, true),
        Row(#""operator":"eq","value":true"#, #"{"p":true}"#, true),
        Row(#""operator":"eq","value":"true""#, #"{"p":true}"#, true),
        Row(#""operator":"eq","value":true"#, #"{"p":false}"#, false),
        Row(#""operator":"eq","value":"""#, #"{"p":""}"#, true),
        Row(#""operator":"eq","value":"é""#, #"{"p":"e\u0301"}"#, false),
        Row(#""operator":"ne","value":"eu""#, #"{"p":"us"}"#, true),
        Row(#""operator":"ne","value":"eu""#, #"{"p":"eu"}"#, false),
        Row(#""operator":"ne","value":1"#, #"{"p":"1.000"}"#, false),
        Row(#""operator":"in","values":["a","b"]"#, #"{"p":"b"}"#, true),
        Row(#""operator":"in","values":["a","b"]"#, #"{"p":"c"}"#, false),
        Row(#""operator":"in","values":[1,2]"#, #"{"p":"2.0"}"#, true),
        Row(#""operator":"notIn","values":["a","b"]"#, #"{"p":"c"}"#, true),
        Row(#""operator":"notIn","values":["a",2]"#, #"{"p":2.0}"#, false),
        Row(#""operator":"startsWith","value":"gpt-""#, #"{"p":"gpt-4"}"#, true),
        Row(#""operator":"startsWith","value":"gpt-""#, #"{"p":"gpt"}"#, false),
        Row(#""operator":"startsWith","value":"""#, #"{"p":"x"}"#, true),
        Row(#""operator":"startsWith","value":4"#, #"{"p":404}"#, true),
        Row(#""operator":"exists""#, #"{"p":0}"#, true),
        Row(#""operator":"exists""#, #"{"p":{}}"#, true),
        Row(#""operator":"notExists""#, #"{"p":""}"#, false),
    ])
    func compares(_ row: Row) throws { try check(row) }

    @Test(arguments: [
        Row(#""operator":"gt","value":10"#, #"{"p":10.000000000001}"#, true),
        Row(#""operator":"gt","value":10"#, #"{"p":"10.0"}"#, false),
        Row(#""operator":"gt","value":"9""#, #"{"p":"10"}"#, true),
        Row(#""operator":"gte","value":10"#, #"{"p":"10.0"}"#, true),
        Row(#""operator":"gte","value":10"#, #"{"p":9.999}"#, false),
        Row(#""operator":"lt","value":500"#, #"{"p":-1}"#, true),
        Row(#""operator":"lt","value":500"#, #"{"p":500}"#, false),
        Row(#""operator":"lte","value":500"#, #"{"p":5e2}"#, true),
        Row(#""operator":"lte","value":500"#, #"{"p":501}"#, false),
        // No text is above or below another, and neither are values too long for a decimal.
        Row(#""operator":"gt","value":"a""#, #"{"p":"b"}"#, false),
        Row(#""operator":"lte","value":"b""#, #"{"p":"a"}"#, false),
        Row(#""operator":"gte","value":"a""#, #"{"p":"a"}"#, false),
        Row(#""operator":"lt","value":5"#, #"{"p":"a"}"#, false),
        Row(#""operator":"lt","value":5"#, #"{"p":true}"#, false),
        Row(#""operator":"gt","value":5"#, #"{"p":1e30}"#, false),
    ])
    func orders(_ row: Row) throws { try check(row) }

    /// The live event, and the same read again from its canonical payload.
    @Test(arguments: [
        Row(#""operator":"eq","value":100"#, #"{"p":1e2}"#, true),
        Row(#""operator":"eq","value":1e2"#, #"{"p":100.0}"#, true),
        Row(#""operator":"ne","value":"100""#, #"{"p":1e2}"#, false),
        Row(#""operator":"in","values":[7,1e2]"#, #"{"p":100}"#, true),
        Row(#""operator":"notIn","values":[100]"#, #"{"p":1E+2}"#, false),
        Row(#""operator":"gt","value":99"#, #"{"p":1e2}"#, true),
        Row(#""operator":"gte","value":1e2"#, #"{"p":10e1}"#, true),
        Row(#""operator":"lt","value":1e2"#, #"{"p":100.00}"#, false),
        Row(#""operator":"lte","value":100"#, #"{"p":1.0e2}"#, true),
        Row(#""operator":"exists""#, #"{"p":1e2}"#, true),
        Row(#""operator":"notExists""#, #"{"p":1e2}"#, false),
        Row(#""operator":"startsWith","value":"1e""#, #"{"p":1e2}"#, false),
        Row(#""operator":"startsWith","value":10"#, #"{"p":1e2}"#, true),
        Row(#""operator":"startsWith","value":1e1"#, #"{"p":1e2}"#, true),
        // Too long for a decimal: by their plain text.
        Row(#""operator":"eq","value":1e30"#, #"{"p":1000000000000000000000000000000}"#, true),
        Row(#""operator":"eq","value":"1000000000000000000000000000000""#, #"{"p":1e30}"#, true),
        Row(#""operator":"ne","value":1e30"#, #"{"p":10e29}"#, false),
        Row(#""operator":"in","values":[1e-30]"#, #"{"p":0.1e-29}"#, true),
        Row(#""operator":"gte","value":1e30"#, #"{"p":1e30}"#, false),
    ])
    func aNumberComparesAsItsPlainNotation(_ row: Row) throws {
        try check(row)
        let live = try Metering.event(row.properties)
        let again = try JSONDocument.parse(live.payload).root
        let canonical = try #require(again.member("properties"))
        var writer = JSONWriter()
        try writer.canonical(canonical)
        try check(
            Row(row.filter, String(decoding: writer.bytes, as: UTF8.self), row.holds))
        let (value, issues) = try JSONText.field(#"{"property":"p",\#(row.filter)}"#)
        let filter = try #require(MeterFilter(value))
        try issues.throwIfAny()
        #expect(filter.holds(for: live.properties) == filter.holds(for: canonical))
    }

    @Test func equalNumbersMakeEqualFilters() throws {
        func meter(_ number: String) throws -> Meter {
            try Metering.meter(
                .count,
                #""filters":[{"property":"p","operator":"eq","value":\#(number)}]"#)
        }
        #expect(try meter("1e2") == meter("100.0"))
        #expect(try meter("1e2") != meter(#""100""#))
    }

    @Test func aNumberWithoutPlainNotationIsRefused() throws {
        let (value, issues) = try JSONText.field(
            #"{"property":"p","operator":"in","values":[1,1e129]}"#)
        #expect(MeterFilter(value) == nil)
        #expect(issues.all.map(\.pointer) == ["/values/1"])
        #expect(issues.all.map(\.severity) == [.meaningless])
    }

    static let absent: [String?] = [nil, "{}", #"{"p":null}"#, #"{"q":1}"#]

    @Test(arguments: MeterFilter.Operator.allCases, absent)
    func absentPassesOnlyTheNegations(
        _ kind: MeterFilter.Operator, _ properties: String?
    ) throws {
        try check(
            Row(
                Self.members(of: kind), properties,
                [.ne, .notIn, .notExists].contains(kind)))
    }

    /// An object or array is there, and equals nothing.
    @Test(arguments: MeterFilter.Operator.allCases, [#"{"p":["1"]}"#, #"{"p":{"1":1}}"#])
    func aContainerComparesWithNothing(
        _ kind: MeterFilter.Operator, _ properties: String
    ) throws {
        try check(
            Row(Self.members(of: kind), properties, [.ne, .notIn, .exists].contains(kind)))
    }

    private static func members(of kind: MeterFilter.Operator) -> String {
        let name = #""operator":"\#(kind.rawValue)""#
        return switch kind {
        case .exists, .notExists: name
        case .in, .notIn: name + #","values":["1"]"#
        case .eq, .ne, .gt, .gte, .lt, .lte, .startsWith: name + #","value":"1""#
        }
    }

    @Test(arguments: [
        ("a.b", #"{"a":{"b":1}}"#, true), ("a.b", #"{"a.b":1}"#, true),
        // The top-level key comes first, also where it is null.
        ("a.b", #"{"a.b":1,"a":{"b":2}}"#, true), ("a.b", #"{"a.b":2,"a":{"b":1}}"#, false),
        ("a.b", #"{"a.b":null,"a":{"b":1}}"#, false),
        ("a.b.c", #"{"a":{"b":{"c":1}}}"#, true), ("a.b.c", #"{"a":{"b.c":1}}"#, false),
        ("a.b", #"{"a":[1]}"#, false), ("a.b", #"{"a":1}"#, false), ("a.b", #"{"a":null}"#, false),
        (".", #"{"":{"":1}}"#, true), ("a.", #"{"a":{"":1}}"#, true),
        ("é", #"{"e\u0301":1}"#, false),
    ])
    func aPropertyIsATopLevelKeyOrElseAPath(
        _ property: String, _ properties: String, _ holds: Bool
    ) throws {
        try check(Row(#""operator":"eq","value":1"#, properties, holds), property: property)
    }

    @Test func allFiltersMustHold() throws {
        let meter = try Metering.meter(
            .count,
            #"""
            "filters":[{"property":"region","operator":"in","values":["eu","us"]},
                       {"property":"status","operator":"lt","value":500}]
            """#)
        for (properties, counts) in [
            (#"{"region":"eu","status":200}"#, true), (#"{"region":"eu","status":500}"#, false),
            (#"{"region":"ap","status":200}"#, false), ("{}", false),
        ] {
            switch try meter.read(Metering.event(properties)) {
            case .occurrence: #expect(counts)
            case .nothing: #expect(!counts)
            case .decimal, .text: Issue.record("a count reads no value")
            }
        }
    }
}
