package import JSON

/// A failed call, as RFC 9457 writes it.
package struct Problem: Error, Sendable {
    package let code: ProblemCode
    /// What went wrong with this call and what to do about it.
    package let detail: String
    /// The fields to blame, all of them.
    package let issues: [FieldIssue]

    package init(_ code: ProblemCode, _ detail: String, issues: [FieldIssue] = []) {
        self.code = code
        self.detail = detail
        self.issues = issues
    }

    package var status: Int { code.status }

    /// Seconds after which an overloaded runtime may be asked again.
    package var retryAfterSeconds: Int? { code.status == 503 || code.status == 429 ? 1 : nil }
}

/// A stable machine code, the last part of a problem's `type`.
package enum ProblemCode: String, Sendable, CaseIterable {
    case malformedJSON = "malformed-json"
    case invalidRequest = "invalid-request"
    case unauthenticated = "unauthenticated"
    case forbidden = "forbidden"
    case unknownFunction = "unknown-function"
    case notFound = "not-found"
    case methodNotAllowed = "method-not-allowed"
    case conflict = "conflict"
    case bodyTooLarge = "body-too-large"
    case unsupportedMediaType = "unsupported-media-type"
    case unprocessable = "unprocessable"
    case rateLimited = "rate-limited"
    case internalError = "internal-error"
    case overloaded = "overloaded"
    case unavailable = "unavailable"

    package var status: Int {
        switch self {
        case .malformedJSON, .invalidRequest: 400
        case .unauthenticated: 401
        case .forbidden: 403
        case .unknownFunction, .notFound: 404
        case .methodNotAllowed: 405
        case .conflict: 409
        case .bodyTooLarge: 413
        case .unsupportedMediaType: 415
        case .unprocessable: 422
        case .rateLimited: 429
        case .internalError: 500
        case .overloaded, .unavailable: 503
        }
    }

    package var title: String {
        switch self {
        case .malformedJSON: "The body is not acceptable JSON"
        case .invalidRequest: "The request has malformed fields"
        case .unauthenticated: "The call needs an API key"
        case .forbidden: "The API key does not allow this"
        case .unknownFunction: "There is no such function"
        case .notFound: "There is no such thing"
        case .methodNotAllowed: "The path does not take this method"
        case .conflict: "The request contradicts what is recorded"
        case .bodyTooLarge: "The body is too large"
        case .unsupportedMediaType: "The body has a type or an encoding that is not taken"
        case .unprocessable: "The request has values without meaning"
        case .rateLimited: "The API key calls too often"
        case .internalError: "The runtime failed"
        case .overloaded: "The runtime has too much to do"
        case .unavailable: "The store cannot be used at the moment"
        }
    }
}

extension Problem: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("type", "urn:tallystick:problem:\(code.rawValue)")
            writer.member("title", code.title)
            writer.member("status", status)
            writer.member("detail", detail)
            guard !issues.isEmpty else { return }
            writer.key("errors")
            writer.array { writer in
                for issue in issues {
                    writer.object { writer in
                        writer.member("pointer", issue.pointer)
                        writer.member("detail", issue.detail)
                    }
                }
            }
        }
    }
}
