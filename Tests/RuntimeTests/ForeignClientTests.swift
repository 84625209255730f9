import Foundation
import JSON
import Testing

@testable import tallystick_demo

/// Clients that are not ours, as `.ci/python-tools` installs them.
@Suite("AWS's clients and the CloudEvents SDK", .timeLimit(.minutes(4)))
struct ForeignClientTests {
    private let bench: Bench

    init() throws { bench = try Bench() }

    private func serve() async throws -> (server: Server, key: String) {
        try await bench.serveWithKey(["--clock", "2026-01-20T00:00:00Z"])
    }

    /// Runs a script with the key as the session token of AWS's credentials.
    private func python(
        _ arguments: [String], _ server: Server, key: String
    ) async throws -> Program.Result {
        try await bench.python(
            arguments,
            environment: [
                "AWS_ACCESS_KEY_ID": "unused", "AWS_SECRET_ACCESS_KEY": "unused",
                "AWS_SESSION_TOKEN": key, "AWS_DEFAULT_REGION": "us-east-1",
                "AWS_CONFIG_FILE": "/dev/null", "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
                "AWS_MAX_ATTEMPTS": "1", "SERVER": server.url, "KEY": key,
            ])
    }

    @Test("aws lambda invoke")
    func commandLine() async throws {
        let (server, key) = try await serve()
        let output = bench.folder.file("answer.json")
        func invoke(
            _ function: String, _ payload: String, key: String, _ more: [String] = []
        ) async throws -> Program.Result {
            try await python(
                [
                    Bench.tool("aws"), "lambda", "invoke", "--endpoint-url", server.url,
                    "--function-name", function, "--payload", payload, output,
                ] + more, server, key: key)
        }
        let customer = try await invoke(
            "upsertCustomer", #"{"id":"acme","timezone":"UTC"}"#, key: key)
        #expect(customer.status == 0, "\(customer.errors)")
        #expect(customer.output.contains(#""StatusCode": 200"#))
        #expect(try String(contentsOfFile: output, encoding: .utf8).contains(#""id":"acme""#))
        let failed = try await invoke("getCustomer", #"{"id":"nobody"}"#, key: key)
        #expect(failed.output.contains(#""FunctionError": "Handled""#))
        #expect(
            try String(contentsOfFile: output, encoding: .utf8).contains(
                #""errorType":"not-found""#))
        let dry = try await invoke(
            "getCustomer", "{}", key: key, ["--invocation-type", "DryRun"])
        #expect(dry.output.contains(#""StatusCode": 204"#))
        let unknown = try await invoke("none", "{}", key: key)
        #expect(unknown.status != 0)
        #expect(unknown.errors.contains("(ResourceNotFoundException)"))
        let keyless = try await invoke("getCustomer", "{}", key: "none")
        #expect(keyless.errors.contains("(UnrecognizedClientException)"))
        await server.end()
    }

    @Test("boto3")
    func boto3() async throws {
        let (server, key) = try await serve()
        let result = try await python(["-c", Self.boto3Script], server, key: key)
        #expect(result.status == 0, "\(result.errors)")
        #expect(result.output == "done\n")
        await server.end()
    }

    private static let boto3Script = """
        import base64, boto3, json, os
        client = boto3.client("lambda", endpoint_url=os.environ["SERVER"])
        def invoke(name, payload, **more):
            answer = client.invoke(FunctionName=name, Payload=json.dumps(payload), **more)
            return answer, answer["Payload"].read()
        answer, payload = invoke("upsertCustomer", {"id": "acme", "timezone": "UTC"})
        assert answer["StatusCode"] == 200 and "FunctionError" not in answer, answer
        assert json.loads(payload)["id"] == "acme", payload
        event = {"customerEventId": "e", "customerId": "acme", "eventName": "call",
                 "timestamp": "2026-01-10T00:00:00Z"}
        answer, payload = invoke("ingestEvent", event, InvocationType="Event")
        assert answer["StatusCode"] == 202 and payload == b"", answer
        answer, payload = invoke("ingestEvent", event)
        assert json.loads(payload)["duplicates"] == 1, payload
        answer, payload = invoke("ingestEvent", dict(event, eventName="other"))
        assert answer["FunctionError"] == "Handled", answer
        assert json.loads(payload)["errorType"] == "conflict", payload
        gateway = {"version": "2.0", "requestContext": {"http": {"method": "POST"}},
                   "headers": {"content-type": "application/json"}, "isBase64Encoded": True,
                   "body": base64.b64encode(json.dumps(event).encode()).decode()}
        answer, payload = invoke("ingestEvent", gateway)
        inner = json.loads(payload)
        assert inner["statusCode"] == 200 and json.loads(inner["body"])["duplicates"] == 1, inner
        assert invoke("getCustomer", {}, InvocationType="DryRun")[0]["StatusCode"] == 204
        try:
            invoke("none", {})
            assert False
        except client.exceptions.ResourceNotFoundException as error:
            assert "none" in str(error), error
        print("done")
        """

    @Test("cloudevents: binary, structured and batched, each event once")
    func cloudEvents() async throws {
        let (server, key) = try await serve()
        let customer = try await python(["-c", Self.cloudEventsScript], server, key: key)
        #expect(customer.status == 0, "\(customer.errors)")
        #expect(customer.output == "done\n")
        await server.end()
    }

    private static let cloudEventsScript = """
        import json, os, urllib.request, urllib.error
        from datetime import datetime, timezone
        from cloudevents.core.v1.event import CloudEvent
        from cloudevents.core.bindings.http import to_binary_event, to_structured_event
        def post(path, body, headers):
            headers = dict(headers, authorization="Bearer " + os.environ["KEY"])
            request = urllib.request.Request(os.environ["SERVER"] + path, body, headers)
            try:
                with urllib.request.urlopen(request) as answer: return 200, json.load(answer)
            except urllib.error.HTTPError as error: return error.code, json.load(error)
        def event(subject="Zürich & Söhne", **more):
            attributes = {"id": "1", "source": "/api", "type": "call", "specversion": "1.0",
                          "time": datetime(2026, 1, 10, tzinfo=timezone.utc), **more}
            if subject: attributes["subject"] = subject
            return CloudEvent(attributes, {"price": "0.10", "n": 3})
        status, _ = post("/functions/upsertCustomer",
            json.dumps({"id": "Zürich & Söhne", "timezone": "UTC"}).encode(), {})
        assert status == 200, status
        binary, structured = to_binary_event(event()), to_structured_event(event())
        status, answer = post("/v1/events", binary.body, binary.headers)
        assert status == 200 and answer["accepted"] == 1, (status, answer)
        for path in ["/v1/events", "/functions/ingestEvent"]:
            for message in [binary, structured]:
                status, answer = post(path, message.body, message.headers)
                assert status == 200 and answer["duplicates"] == 1, (status, answer)
        events = [event(), event(id="2"), event(id="3", subject=None), event(id="4", source="/b")]
        batch = b"[" + b",".join(bytes(to_structured_event(e).body) for e in events) + b"]"
        status, answer = post("/v1/events", batch,
            {"content-type": "application/cloudevents-batch+json"})
        assert status == 200, (status, answer)
        counts = [answer[name] for name in ("accepted", "duplicates", "rejected")]
        assert counts == [2, 1, 1], answer
        assert any(r["index"] == 2 and "customerId" in r["error"] for r in answer["results"]), answer
        timeless = {k: v for k, v in binary.headers.items() if k.lower() != "ce-time"}
        for message in [to_binary_event(event(subject=None)), to_structured_event(event(subject=None)),
                        type(binary)(timeless, binary.body)]:
            status, answer = post("/v1/events", message.body, message.headers)
            assert status == 422, (status, answer)
        print("done")
        """
}
