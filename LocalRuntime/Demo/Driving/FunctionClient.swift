import Curl
import JSON

/// Calls a server's functions over HTTP.
struct FunctionClient: Sendable {
    /// An answer that is not 200.
    struct Failure: Error, CustomStringConvertible {
        let function: String
        let status: Int
        let body: String

        var description: String { "\(function) answered \(status): \(body)" }
    }

    let http: CurlClient
    let url: String

    /// Calls a function and demands success.
    func call(_ function: String, _ body: some Sequence<UInt8>) async throws -> [UInt8] {
        let answer = try await post("/functions/\(function)", body)
        guard answer.status == 200 else {
            throw Failure(
                function: function, status: answer.status,
                body: String(decoding: answer.body, as: UTF8.self))
        }
        return answer.body
    }

    /// Calls a function and reads its result.
    func result(_ function: String, _ json: String) async throws -> JSONNode {
        try JSONDocument.parse(try await call(function, json.utf8)).root
    }

    func post(_ path: String, _ body: some Sequence<UInt8>) async throws -> HTTPResponse {
        try await send("POST", path, Array(body))
    }

    func get(_ path: String) async throws -> HTTPResponse { try await send("GET", path, []) }

    private func send(
        _ method: String, _ path: String, _ body: [UInt8]
    ) async throws -> HTTPResponse {
        try await http.send(
            HTTPRequest(
                method: method, url: url + path,
                headers: method == "POST" ? [("content-type", "application/json")] : [],
                body: body, timeoutMilliseconds: 120_000, maximumResponseBytes: 64 * 1_024 * 1_024))
    }
}

extension JSONNode {
    /// The text of a member that is a string or number; empty where there is none.
    func text(_ member: String) -> String { self.member(member)?.string ?? "" }

    func integer(_ member: String) -> Int { Int(text(member)) ?? 0 }

    /// The elements of a member that is an array.
    func elements(_ member: String) -> [JSONNode] {
        self.member(member).map { Array($0.children) } ?? []
    }
}
