import Synchronization
import Webhooks

/// Answers every post with one status and keeps what was posted.
final class RecordingTransport: WebhookTransport {
    struct Post: Sendable {
        let url: String
        let headers: [String: String]
        let body: [UInt8]

        var text: String { String(decoding: body, as: UTF8.self) }
    }

    private let status: Int?
    private let kept = Mutex<[Post]>([])

    /// - Parameter status: nil gives no answer.
    init(status: Int?) { self.status = status }

    var posts: [Post] { kept.withLock(\.self) }

    func post(
        url: String, headers: [(String, String)], body: [UInt8]
    ) async throws(CancellationError) -> WebhookAttemptResult {
        let headers = Dictionary(headers) { $1 }
        kept.withLock { $0.append(Post(url: url, headers: headers, body: body)) }
        guard let status else {
            return WebhookAttemptResult(
                error: .init(code: "timeout", description: "no answer in time"),
                latencyMicroseconds: 15_000_000)
        }
        return WebhookAttemptResult(statusCode: status, latencyMicroseconds: 1_500)
    }
}
