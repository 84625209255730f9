import Webhooks

/// How an endpoint took an attempt, as far as it says how many to make at once.
enum EndpointPace: Sendable {
    /// Delivered, and soon.
    case prompt
    /// Answered, but not taken.
    case refused
    /// No answer, or a late one.
    case slow

    init(_ result: WebhookAttemptResult) {
        guard let status = result.statusCode,
            result.latencyMicroseconds <= RuntimeLimits.promptAnswerMicroseconds
        else {
            self = .slow
            return
        }
        self = (200..<300).contains(status) ? .prompt : .refused
    }
}
