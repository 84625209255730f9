import Testing
@testable import tallystick

@Suite("Events from lines of JSON")
struct NDJSONReaderTests {
    @Test("lines go through untouched, blank ones do not count as rows", arguments: [1, 2, 5, 999])
    func untouched(chunk: Int) throws {
        var events = NDJSONReader(
            reader("\u{FEFF}{\"a\": 1.50}\n\n \t\r\n{ \"b\":\"ü\" }\r\n{}", chunk: chunk))
        #expect(
            try events.all()
                == [.event(1, "{\"a\": 1.50}"), .event(4, "{ \"b\":\"ü\" }\r"), .event(5, "{}")])
    }

    struct Fault: Sendable, CustomTestStringConvertible {
        let name: String
        let line: String
        let reason: String
        var testDescription: String { name }
    }

    static let faults = [
        Fault(name: "no JSON", line: "nonsense", reason: "not valid JSON"),
        Fault(name: "cut off", line: #"{"a":"#, reason: "not valid JSON"),
        Fault(name: "two values", line: "{} {}", reason: "not valid JSON"),
        Fault(name: "no object", line: "[1]", reason: "not a JSON object"),
        Fault(name: "twin members", line: #"{"a":1,"a":2}"#, reason: "stands twice"),
        Fault(
            name: "deep",
            line: String(repeating: #"{"a":"#, count: 9) + "1"
                + String(repeating: "}", count: 9), reason: "nested deeper than 8 levels"),
        Fault(
            name: "long", line: String(repeating: " ", count: 1_048_576) + "{}",
            reason: "longer than 1048576 bytes"),
    ]

    @Test("a faulty line is reported with its number and spoils no other", arguments: faults)
    func faulty(_ fault: Fault) throws {
        var events = NDJSONReader(reader("{}\n\(fault.line)\n{}\n", chunk: 4_096))
        let rows = try events.all()
        #expect(rows.map(\.line) == [1, 2, 3])
        #expect(rows[1].fault?.contains(fault.reason) == true)
        #expect(rows[2].json == "{}")
    }

    @Test("bytes that are not UTF-8 are a fault")
    func notUTF8() throws {
        var events = NDJSONReader(reader(Array("{\"a\":\"".utf8) + [0xFF] + Array("\"}".utf8)))
        #expect(try events.all().first?.fault?.contains("not valid JSON") == true)
    }
}
