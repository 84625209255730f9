import FunctionKit
import JSON
import Testing

@Suite struct PutWebhookEndpointTests {
    private func body(_ types: String) -> String {
        "{\"id\": \"e\", \"url\": \"https://example.com/hooks\", \"eventTypes\": \(types)}"
    }

    @Test(arguments: [
        ("none at all", "[]", 422, "/eventTypes", "at least one type"),
        ("every type and one more", "[\"*\", \"x\"]", 422, "/eventTypes", "stands alone"),
        (
            "one type and every type", "[\"invoice.finalized\", \"*\"]", 422, "/eventTypes",
            "stands alone"
        ),
        ("an unknown type", "[\"x\"]", 422, "/eventTypes/0", "must be one of"),
        ("no array", "\"*\"", 400, "/eventTypes", "must be an array"),
    ])
    func refuses(
        _ name: String, _ types: String, _ status: Int, _ pointer: String, _ detail: String
    ) async throws {
        try await Workbench.with { bench in
            let problem = try await bench.problem("putWebhookEndpoint", body(types))
            #expect(problem.status == status, "\(name): \(problem.detail)")
            #expect(problem.issues.map(\.pointer) == [pointer])
            #expect(problem.detail.contains(detail))
        }
    }

    @Test(arguments: ["[\"*\"]", "[\"invoice.finalized\",\"period.closed\"]"])
    func takes(_ types: String) async throws {
        try await Workbench.with { bench in
            let endpoint = try await bench.call("putWebhookEndpoint", body(types))
            #expect(endpoint.contains("\"eventTypes\":\(types)"))
            #expect(endpoint.contains("\"secret\":\"whsec_"))
        }
    }
}
