import FunctionKit
import Functions
import JSON
import Testing

@testable import tallystick

@Suite("CloudEvents as ingestEvent takes them")
struct CloudEventsTests {
    struct Row: CustomTestStringConvertible, Sendable {
        let name: String
        var headers: [String: String] = ["content-type": "application/cloudevents+json"]
        var body = "{}"
        /// nil where the body is none, and goes on as it is.
        var request: String?

        var testDescription: String { name }
    }

    private static let whole = """
        {"customerEventId":"/api 1","customerId":"acme","eventName":"call",\
        "timestamp":"2026-01-01T00:00:00Z","properties":{"n":1.50}}
        """

    /// Of an event without subject and time.
    private static let noUsage = #""customerId":"","timestamp":"""#

    private static let attributes = """
        "specversion":"1.0","id":"1","source":"/api","subject":"acme","type":"call",\
        "time":"2026-01-01T00:00:00Z"
        """

    private static let binary = [
        "ce-specversion": "1.0", "ce-id": "1", "ce-source": "/api", "ce-subject": "acme",
        "ce-type": "call", "ce-time": "2026-01-01T00:00:00Z",
    ]

    static let rows: [Row] = [
        Row(name: "structured", body: "{\(attributes),\"data\":{\"n\":1.50}}", request: whole),
        Row(
            name: "structured, extensions and other attributes",
            body:
                "{\(attributes),\"traceparent\":\"00-1\",\"datacontenttype\":\"application/json\","
                + "\"data\":{\"n\":1.50}}", request: whole),
        Row(
            name: "structured, with a character set and capitals",
            headers: ["content-type": "Application/CloudEvents+JSON; charset=UTF-8"],
            body: "{\(attributes),\"data\":{\"n\":1.50}}", request: whole),
        Row(
            name: "JSON data in base64",
            body: "{\(attributes),\"data_base64\":\"eyJuIjoxLjUwfQ==\"}",
            request: whole),
        Row(
            name: "batched", headers: ["content-type": "application/cloudevents-batch+json"],
            body: "[{\(attributes),\"data\":{\"n\":1.50}},7]",
            request: "{\"events\":[\(whole),{\(noUsage),\"specversion\":\"\"}]}"),
        Row(
            name: "an empty batch", headers: ["content-type": "application/cloudevents-batch+json"],
            body: "[]", request: #"{"events":[]}"#),
        Row(
            name: "binary",
            headers: binary.merging(["content-type": "application/json; charset=utf-8"]) { $1 },
            body: #"{"n":1.50}"#, request: whole),
        Row(
            name: "binary without data, percent-encoded",
            headers: binary.merging(["ce-subject": "Z%C3%BCrich%20%25"]) { $1 },
            request: """
                {"customerEventId":"/api 1","customerId":"Zürich %","eventName":"call",\
                "timestamp":"2026-01-01T00:00:00Z"}
                """),
        Row(
            name: "what is missing stays missing",
            body: #"{"specversion":"1.0","id":"1","type":"call","subject":7}"#,
            request: "{\(noUsage),\"eventName\":\"call\"}"),
        Row(
            name: "another version is named",
            body: #"{"specversion":"0.3","id":"1","source":"s"}"#,
            request: "{\(noUsage),\"customerEventId\":\"s 1\",\"specversion\":\"0.3\"}"),
        Row(
            name: "data that is no object is handed on to be refused",
            body: #"{"specversion":"1.0","data":"<xml/>"}"#,
            request: "{\(noUsage),\"properties\":\"<xml/>\"}"),
        Row(name: "an event of usage", headers: ["content-type": "application/json"]),
        Row(name: "no headers at all", headers: [:]),
    ]

    @Test("forms", arguments: rows)
    func forms(_ row: Row) throws {
        let events = try CloudEvents(for: "ingestEvent") { row.headers[$0] }
        let body = try JSONDocument.parse(Array(row.body.utf8))
        guard let request = row.request else {
            #expect(events == nil)
            return
        }
        var expected = JSONWriter()
        try expected.canonical(JSONDocument.parse(Array(request.utf8)).root)
        var found = JSONWriter()
        try found.canonical(try #require(events).request(body).root)
        #expect(
            String(decoding: found.bytes, as: UTF8.self)
                == String(decoding: expected.bytes, as: UTF8.self))
    }

    @Test(
        "a batch carries an event that cannot be read to its own refusal",
        arguments: [
            ("in its data", #""data":{"a":"\ud800"}"#, "/data/a"),
            ("in an extension, which is not looked at", #""ext":"\ud800""#, "/ext"),
            ("an attribute twice", #""type":"other""#, ""),
        ])
    func faulty(_ name: String, _ more: String, _ pointer: String) throws {
        let headers = ["content-type": "application/cloudevents-batch+json"]
        let events = try #require(try CloudEvents(for: "ingestEvent") { headers[$0] })
        let body = "[{\(Self.attributes),\(more)},{\(Self.attributes)}]"
        let request = try events.request(
            JSONDocument.parse(Array(body.utf8), keepsFaults: true))
        #expect(IngestInput.fault(of: request) == nil)
        let faults = try #require(request.root.member("events")).children.map(\.fault)
        #expect(faults.count == 2 && faults[0] != nil && faults[1] == nil)
        let issues = FieldIssues()
        let bad = try #require(request.root.member("events")?.children.first { _ in true })
        FieldValue(bad, issues: issues).noteFaults()
        #expect(issues.all.map(\.pointer) == [pointer])
    }

    @Test("an event alone cannot be read with a fault", arguments: ["", "-batch"])
    func faultyAlone(_ form: String) throws {
        let headers = ["content-type": "application/cloudevents\(form)+json"]
        let events = try #require(try CloudEvents(for: "ingestEvent") { headers[$0] })
        let body = try JSONDocument.parse(
            Array("{\(Self.attributes),\"data\":{\"a\":\"\\ud800\"}}".utf8), keepsFaults: true)
        let problem = #expect(throws: Problem.self) { try events.request(body) }
        #expect(problem?.status == 400)
    }

    @Test("other functions take their own bodies only")
    func others() throws {
        #expect(try CloudEvents(for: "getCustomer") { Self.binary[$0] } == nil)
    }

    @Test(
        "what is refused whole",
        arguments: [
            (["content-type": "application/cloudevents+avro"], "{}", 415),
            (["content-type": "application/cloudevents+xml"], "{}", 415),
            (["content-type": "application/cloudevents+json"], "[]", 400),
            (["content-type": "application/cloudevents-batch+json"], "{}", 400),
        ])
    func refused(headers: [String: String], body: String, status: Int) {
        let problem = #expect(throws: Problem.self) {
            let events = try #require(try CloudEvents(for: "ingestEvent") { headers[$0] })
            _ = try events.request(JSONDocument.parse(Array(body.utf8)))
        }
        #expect(problem?.status == status)
    }
}
