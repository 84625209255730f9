import Curl
import FunctionKit

/// A call of a function on a running server.
struct RemoteInvocation: Sendable {
    private let client = CurlClient(userAgent: "tallystick/\(ProgramVersion.current)")
    private let base: String
    private let headers: [(String, String)]

    /// - Parameters:
    ///   - url: of the server: `http://127.0.0.1:8080`.
    ///   - setting: has the API key in `TALLYSTICK_API_KEY`; flags are seen by other processes.
    init(url: String, _ setting: Setting) {
        base = url.hasSuffix("/") ? String(url.dropLast()) : url
        let key = setting.text(nil, "API_KEY").map { [("authorization", "Bearer \($0)")] } ?? []
        headers = [("content-type", "application/json")] + key
    }

    /// - Returns: the result's JSON.
    /// - Throws: `RemoteFailure` with the server's problem as it came; `Problem` where the server
    ///   cannot be reached.
    func call(_ function: String, _ body: [UInt8]) async throws -> [UInt8] {
        let response: HTTPResponse
        do throws(CurlError) {
            response = try await client.send(
                HTTPRequest(
                    method: "POST", url: "\(base)/functions/\(function)",
                    headers: headers, body: body,
                    timeoutMilliseconds: RuntimeLimits.invokeTimeoutMilliseconds,
                    maximumResponseBytes: RuntimeLimits.answerBytes))
        } catch {
            throw Problem(.unavailable, "\(base) cannot be reached: \(error)")
        }
        guard !response.truncated else {
            throw Problem(
                .internalError, "the answer is longer than \(RuntimeLimits.answerBytes) bytes")
        }
        guard response.status == 200 else {
            throw RemoteFailure(status: response.status, body: response.body)
        }
        return response.body
    }
}

/// What a server answered instead of a result.
struct RemoteFailure: Error, CustomStringConvertible {
    let status: Int
    let body: [UInt8]

    var description: String {
        body.isEmpty ? "the server answered \(status)" : String(decoding: body, as: UTF8.self)
    }
}
