import Billing
import JSON
import Logging
import Testing

@testable import tallystick

@Suite("Log lines")
struct LogLineTests {
    private static func event(_ message: String) -> LogEvent {
        LogEvent(
            level: .info, message: "\(message)", metadata: nil, source: nil, file: "", function: "",
            line: 0)
    }

    @Test("JSON: one line, whatever the values hold")
    func json() throws {
        let line = LogLine.json(
            Self.event("he said \"hi\"\n"),
            [
                "port": .stringConvertible(8080), "text": "a\nb\u{1}",
                "list": ["x", .dictionary(["k": "v"])],
            ], at: try at("2026-01-01T00:00:00Z"))
        #expect(
            String(decoding: line, as: UTF8.self)
                == #"{"time":"2026-01-01T00:00:00Z","level":"info","message":"he said \"hi\"\n","#
                + #""metadata":{"list":["x",{"k":"v"}],"port":8080,"text":"a\nb\u0001"}}"# + "\n")
    }

    @Test("text: one line for people")
    func text() throws {
        let line = LogLine.text(
            Self.event("hello"), ["b": "2\n2", "a": "1"], at: try at("2026-01-01T00:00:00Z"))
        #expect(
            String(decoding: line, as: UTF8.self)
                == "2026-01-01T00:00:00Z info hello a=1 b=2\\n2\n")
    }
}
