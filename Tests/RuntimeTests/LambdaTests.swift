import Curl
import FunctionKit
import JSON
import Testing

@testable import tallystick

@Suite("AWS Lambda's Invoke API", .timeLimit(.minutes(1)))
struct LambdaTests {
    private static let path = "/2015-03-31/functions/scripted/invocations"

    private static let echo = Dispatcher.scripted { text, _ in
        if text == "conflict" { throw Problem(.conflict, "it is different") }
        if text == "overloaded" { throw Problem(.overloaded, "later") }
        return Array(#"{"text":"\#(text)"}"#.utf8)
    }

    struct Row: CustomTestStringConvertible, Sendable {
        let name: String
        var path = LambdaTests.path
        var type: String?
        var payload = #"{"text":"hi"}"#
        var status = 200
        var answer: String?
        var functionError: String?
        var errorType: String?

        var testDescription: String { name }
    }

    /// A payload of API Gateway.
    private static func http(_ members: String) -> String {
        #"{"version":"2.0","requestContext":{"http":{"method":"POST"}},\#(members)}"#
    }

    static let rows: [Row] = [
        Row(name: "a result", answer: #"{"text":"hi"}"#),
        Row(name: "said outright", type: "RequestResponse", answer: #"{"text":"hi"}"#),
        Row(name: "no payload", payload: "", answer: #"{"text":""}"#),
        Row(
            name: "by an ARN",
            path: "/2015-03-31/functions/arn%3Aaws%3Alambda%3Aeu-west-1%3A1%3Afunction%3Ascripted"
                + "%3Alive/invocations", answer: #"{"text":"hi"}"#),
        Row(
            name: "with a qualifier",
            path: "/2015-03-31/functions/scripted:7/invocations?Qualifier=7",
            answer: #"{"text":"hi"}"#),
        Row(name: "an event", type: "Event", status: 202, answer: ""),
        Row(name: "a dry run", type: "DryRun", status: 204, answer: ""),
        Row(
            name: "a failure", payload: #"{"text":"conflict"}"#,
            answer: #"{"errorType":"conflict","errorMessage":"it is different"}"#,
            functionError: "Handled"),
        Row(
            name: "a field to blame", payload: #"{"txet":"a"}"#, functionError: "Handled"),
        Row(
            name: "an event that fails", type: "Event", payload: #"{"text":"conflict"}"#,
            status: 202, answer: ""),
        Row(
            name: "overload is for the client to try again", type: "Event",
            payload: #"{"text":"overloaded"}"#, status: 503, errorType: "ServiceException"),
        Row(
            name: "a payload that is no JSON", payload: "{", status: 400,
            errorType: "InvalidRequestContentException"),
        Row(
            name: "an unknown function", path: "/2015-03-31/functions/none/invocations",
            status: 404, errorType: "ResourceNotFoundException"),
        Row(
            name: "a dry run of an unknown function",
            path: "/2015-03-31/functions/none/invocations", type: "DryRun", status: 404,
            errorType: "ResourceNotFoundException"),
        Row(
            name: "an unknown type", type: "Later", status: 400,
            errorType: "InvalidParameterValueException"),
        Row(
            name: "an HTTP event", payload: http(#""body":"{\"text\":\"hi\"}""#),
            answer: """
                {"statusCode":200,"headers":{"content-type":"application/json"},\
                "body":"{\\"text\\":\\"hi\\"}"}
                """),
        Row(
            name: "an HTTP event in base64",
            payload: http(#""isBase64Encoded":true,"body":"eyJ0ZXh0IjoiaGkifQ==""#),
            answer: """
                {"statusCode":200,"headers":{"content-type":"application/json"},\
                "body":"{\\"text\\":\\"hi\\"}"}
                """),
        Row(
            name: "an HTTP event without a body", payload: http(#""headers":{}"#),
            answer: """
                {"statusCode":200,"headers":{"content-type":"application/json"},\
                "body":"{\\"text\\":\\"\\"}"}
                """),
        Row(
            name: "another version of the payload is one of the function's own",
            payload: #"{"version":"1.0","requestContext":{"http":{}}}"#, functionError: "Handled"),
    ]

    @Test("answers", arguments: rows)
    func answers(_ row: Row) async throws {
        try await withServer(Self.echo) { url in
            let response = try await send(
                "POST", url + row.path, Array(row.payload.utf8),
                headers: row.type.map { [("x-amz-invocation-type", $0)] } ?? [])
            #expect(response.status == row.status)
            if let answer = row.answer { #expect(response.text == answer) }
            #expect(response.headers["x-amz-function-error"] == row.functionError)
            #expect(response.headers["x-amzn-errortype"] == row.errorType)
            #expect(response.headers["x-amzn-requestid"]?.count == 32)
        }
    }

    @Test(
        "an HTTP event that fails has the status inside",
        arguments: [
            (#""body":"{}","headers":{"content-type":"text/csv"}"#, 415),
            (#""body":"{\"text\":\"conflict\"}""#, 409), (#""body":"{""#, 400),
            (#""isBase64Encoded":true,"body":"?""#, 400),
            (#""body":"{}","headers":{"content-encoding":"br"}"#, 415),
            (#""body":"{\"text\":\"overloaded\"}""#, 503), (#""body":"{}","body":"{}""#, 400),
        ])
    func httpFailures(members: String, status: Int) async throws {
        try await withServer(Self.echo) { url in
            let response = try await send("POST", url + Self.path, Array(Self.http(members).utf8))
            #expect(response.status == 200)
            #expect(try response.member("statusCode") == String(status))
            let body = try #require(try response.member("body"))
            #expect(body.contains("urn:tallystick:problem:"))
            #expect(response.headers["x-amz-function-error"] == nil)
        }
    }

    @Test("a dry run calls nothing")
    func dryRun() async throws {
        let calls = Recorder<String>()
        let dispatcher = Dispatcher.scripted { text, _ in
            calls.add(text)
            return Array("{}".utf8)
        }
        try await withServer(dispatcher) { url in
            for type in ["DryRun", "Event"] {
                _ = try await send(
                    "POST", url + Self.path, Array(#"{"text":"\#(type)"}"#.utf8),
                    headers: [("x-amz-invocation-type", type)])
            }
            #expect(calls.all == ["Event"])
        }
    }
}
