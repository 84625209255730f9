import Testing
@testable import tallystick

@Suite("Events from CSV rows")
struct CSVEventReaderTests {
    private func events(
        _ text: String, _ change: (inout CSVMapping) throws -> Void = { _ in }
    ) throws -> [ImportRow] {
        var mapping = CSVMapping()
        try change(&mapping)
        var events = try CSVEventReader(reader(text), mapping, delimiter: UInt8(ascii: ","))
        return try events.all()
    }

    @Test("columns named as the event's fields need no mapping; the others are properties")
    func defaults() throws {
        let rows = try events(
            """
            customerEventId,customerId,eventName,timestamp,tokens,model
            e-1,acme,call,2026-01-31T12:00:00+01:00,12.50,large
            """)
        #expect(
            rows == [
                .event(
                    2,
                    #"{"customerEventId":"e-1","customerId":"acme","eventName":"call","#
                        + #""timestamp":"2026-01-31T11:00:00Z","#
                        + #""properties":{"tokens":12.50,"model":"large"}}"#)
            ])
    }

    @Test("templates make ids and rename columns")
    func templates() throws {
        let rows = try events(
            """
            TIMESTAMP,ContextTokens,GeneratedTokens
            2023-11-16 18:17:03.9799600,4808,10
            2023-11-16 18:17:04.0319600,3180,8
            """
        ) { mapping in
            mapping.customerEventId = "azure-code-{row}"
            mapping.customerId = "code"
            mapping.eventName = "llm_call"
            mapping.timestamp = "{TIMESTAMP}"
            mapping.timezone = "UTC"
            mapping.properties = [
                try .init("context_tokens={ContextTokens}", isText: false),
                try .init("size={GeneratedTokens}", isText: true),
            ]
        }
        #expect(
            rows.last
                == .event(
                    3,
                    #"{"customerEventId":"azure-code-2","customerId":"code","#
                        + #""eventName":"llm_call","timestamp":"2023-11-16T18:17:04.03196Z","#
                        + #""properties":{"context_tokens":3180,"size":"8"}}"#))
    }

    struct Value: Sendable, CustomTestStringConvertible {
        let field: String
        let json: String
        var testDescription: String { field }
    }

    static let values = [
        Value(field: "0", json: "0"), Value(field: "-1.50", json: "-1.50"),
        Value(
            field: "123456789012345678901234.000000000001",
            json: "123456789012345678901234.000000000001"),
        Value(field: "007", json: #""007""#), Value(field: "1e5", json: #""1e5""#),
        Value(field: "+1", json: #""+1""#), Value(field: "1.", json: #""1.""#),
        Value(field: ".5", json: #"".5""#), Value(field: "-", json: #""-""#),
        Value(field: "1,5", json: #""1,5""#), Value(field: "NaN", json: #""NaN""#),
        Value(field: "true", json: #""true""#), Value(field: #"a"b"#, json: #""a\"b""#),
        Value(field: " 5", json: #"" 5""#),
    ]

    @Test("a plain decimal stays a number by its text, all else is text", arguments: values)
    func numbers(_ value: Value) throws {
        let quoted =
            "\""
            + value.field.split(separator: "\"", omittingEmptySubsequences: false)
            .joined(separator: "\"\"") + "\""
        let rows = try events(
            "customerEventId,customerId,eventName,timestamp,p\ne,c,n,2026-01-01T00:00:00Z,"
                + quoted)
        #expect(rows.first?.json?.hasSuffix(#""properties":{"p":\#(value.json)}}"#) == true)
    }

    @Test("empty fields are left out")
    func empty() throws {
        let rows = try events(
            """
            customerEventId,customerId,subscriptionId,eventName,timestamp,p
            e,c,,n,2026-01-01T00:00:00Z,
            """)
        #expect(rows.first?.json?.contains("subscriptionId") == false)
        #expect(rows.first?.json?.hasSuffix(#""properties":{}}"#) == true)
    }

    @Test("a row with the wrong number of fields is a fault with its line")
    func raggedRow() throws {
        let rows = try events(
            "customerEventId,customerId,eventName,timestamp\ne,c\n\nf,c,n,2026-01-01T00:00:00Z")
        #expect(rows.map(\.line) == [2, 4])
        #expect(rows.first?.fault == "the row has 2 fields, the header 4")
    }

    @Test("bytes that are not UTF-8 are a fault, also where fields would join to a character")
    func notUTF8() throws {
        let text =
            Array("customerEventId,customerId,eventName,timestamp,a,b\n".utf8)
            + Array("e,c,n,2026-01-01T00:00:00Z,".utf8) + [0xC3, 0x2C, 0xA9]
        var events = try CSVEventReader(
            reader(text), CSVMapping(), delimiter: UInt8(ascii: ","))
        #expect(try events.all().map(\.fault) == ["the record is not UTF-8"])
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let name: String
        let header: String
        var customerId: String?
        let reason: String
        var testDescription: String { name }
    }

    static let refusals = [
        Refusal(name: "empty file", header: "", reason: "the file is empty"),
        Refusal(
            name: "no such field", header: "a,b",
            reason: "there is no column \"customerEventId\"; say what it is made of with "
                + "--customer-event-id; the file has a, b"),
        Refusal(name: "twin columns", header: "a,a", reason: "names two columns \"a\""),
        Refusal(
            name: "template without its column", header: "customerEventId",
            customerId: "{nobody}", reason: "\"{nobody}\": there is no column \"nobody\""),
        Refusal(
            name: "open brace", header: "customerEventId", customerId: "{x",
            reason: "a brace is not closed"),
        Refusal(
            name: "closing brace", header: "customerEventId", customerId: "x}",
            reason: "a brace closes nothing"),
    ]

    @Test("a file that does not fit the mapping is refused at once", arguments: refusals)
    func refused(_ refusal: Refusal) throws {
        let error = #expect(throws: ImportError.self) {
            _ = try events(refusal.header) { $0.customerId = refusal.customerId }
        }
        #expect(error?.description.contains(refusal.reason) == true)
    }

    @Test("braces, the row's number, and a column named row")
    func templateText() throws {
        func id(_ template: String, _ column: String) throws -> String? {
            try events("\(column),customerId,eventName,timestamp\n5,c,n,2026-01-01T00:00:00Z") {
                $0.customerEventId = template
            }.first?.json
        }
        #expect(try id("{{{x}}}-{row}", "x")?.hasPrefix(#"{"customerEventId":"{5}-1","#) == true)
        #expect(try id("{row}", "row")?.hasPrefix(#"{"customerEventId":"5","#) == true)
    }
}
