import Billing
import Foundation
import JSON
import Testing

/// An event's canonical form, its hash and its limits.
struct UsageEventTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        let event: String
        let payload: String
        let sha256: String

        var testDescription: String { name }
    }

    static let rows = (try? golden()) ?? []

    private static func golden() throws -> [Row] {
        let file = try JSONText.fixture("usage-events.json")
        return try #require(file.member("events")).children.map { row in
            try Row(
                name: row.text("name"), event: row.text("event"), payload: row.text("payload"),
                sha256: row.text("sha256"))
        }
    }

    private func event(_ json: String) throws -> (event: UsageEvent?, issues: [FieldIssue]) {
        let batch = EventBatch([try JSONText.field(json).value.node])
        #expect(batch.count == 1)
        return (batch.events.first, batch.faults.first?.issues ?? [])
    }

    @Test(arguments: rows)
    func hasTheGoldenPayloadAndHash(_ row: Row) throws {
        let (event, issues) = try event(row.event)
        #expect(issues.isEmpty)
        let read = try #require(event)
        #expect(read.payload == Array(row.payload.utf8))
        #expect(read.hash.description == "sha256:" + row.sha256)
        // What the log keeps reads as the same event.
        let again = try #require(try self.event(row.payload).event)
        #expect(again.payload == read.payload)
        #expect(again.hash == read.hash)
    }

    @Test func theDigestOfTheGoldenEventsIsTheirChain() throws {
        #expect(Self.rows.count == 15)
        var digest = Digest.zero
        for row in Self.rows {
            digest = digest.link(try #require(try event(row.event).event).hash)
        }
        #expect(try digest.hex == JSONText.fixture("usage-events.json").text("chain"))
    }

    @Test func whatDiffersOnlyInNormalisationIsAnotherEvent() throws {
        func hash(_ customer: String) throws -> Digest {
            let json = """
                {"customerEventId":"e","customerId":"\(customer)","eventName":"call",
                 "timestamp":"2026-01-10T00:00:00Z"}
                """
            return try #require(try event(json).event).hash
        }
        #expect(try hash("\u{E9}") != hash("e\u{301}"))
        #expect(try hash("\u{E9}") == hash("\\u00e9"))
    }

    private func padded(to bytes: Int) throws -> String {
        let start = """
            {"customerEventId":"e","customerId":"c","eventName":"call","properties":{"p":"
            """
        let end = #""},"timestamp":"2026-01-10T00:00:00Z"}"#
        let padding = String(repeating: "x", count: bytes - start.utf8.count - end.utf8.count)
        return start + padding + end
    }

    @Test func maySpan16KiBOfCanonicalJSON() throws {
        let (largest, issues) = try event(padded(to: BillingLimits.eventBytes))
        #expect(issues.isEmpty)
        #expect(largest?.payload.count == 16 * 1024)
        let (_, faults) = try event(padded(to: BillingLimits.eventBytes + 1))
        #expect(faults.map(\.pointer) == [""])
        // White space does not count: only the canonical form does.
        let spaced = try padded(to: BillingLimits.eventBytes)
            .replacingOccurrences(of: ",", with: " ,\n")
        #expect(try event(spaced).issues.isEmpty)
    }

    @Test(arguments: [("[", "]"), (#"{"a":"#, "}")])
    func mayNestEightLevels(_ open: String, _ close: String) throws {
        func issues(_ levels: Int) throws -> [FieldIssue] {
            // The event and its properties are two of them.
            let inner =
                String(repeating: open, count: levels - 2) + "1"
                + String(repeating: close, count: levels - 2)
            return try event(
                """
                {"customerEventId":"e","customerId":"c","eventName":"call",
                 "timestamp":"2026-01-10T00:00:00Z","properties":{"p":\(inner)}}
                """
            ).issues
        }
        #expect(try issues(8).isEmpty)
        #expect(try issues(9).map(\.pointer) == [""])
    }

    @Test(arguments: [
        ("nothing", "{}", ["/customerEventId", "/customerId", "/eventName", "/timestamp"]),
        (
            "ids that are none",
            #"""
            {"customerEventId":"","customerId":7,"eventName":"a\u0000","subscriptionId":"\u0085",
             "timestamp":"2026-01-10T00:00:00Z"}
            """#, ["/customerEventId", "/customerId", "/eventName", "/subscriptionId"]
        ),
        (
            "a timestamp without offset",
            #"{"customerEventId":"e","customerId":"c","eventName":"n","timestamp":"2026-01-10"}"#,
            ["/timestamp"]
        ),
        (
            "properties that are no object",
            #"""
            {"customerEventId":"e","customerId":"c","eventName":"n",
             "timestamp":"2026-01-10T00:00:00Z","properties":[1]}
            """#, ["/properties"]
        ),
        (
            "a typo",
            #"""
            {"customerEventId":"e","customerId":"c","eventName":"n",
             "timestamp":"2026-01-10T00:00:00Z","property":{}}
            """#, ["/property"]
        ),
        (
            "an exponent that asks for gigabytes of zeros",
            #"""
            {"customerEventId":"e","customerId":"c","eventName":"n",
             "timestamp":"2026-01-10T00:00:00Z","properties":{"p":1e129}}
            """#, ["/properties"]
        ),
    ])
    func refuses(_ name: String, _ json: String, _ pointers: [String]) throws {
        #expect(try event(json).issues.map(\.pointer) == pointers)
    }

    @Test(arguments: [
        #"{"a":1,"a":1}"#, #"{"a":1,"\u0061":2}"#, #"{"x":{"a":1,"b":2,"a":3}}"#,
    ])
    func aMemberThatStandsTwiceIsRefused(_ properties: String) {
        let json = #"{"customerEventId":"e","properties":\#(properties)}"#
        #expect(throws: JSONError.self) { try JSONDocument.parse(Array(json.utf8)) }
    }
}
