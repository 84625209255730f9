import FunctionKit
import JSON

/// A call that did not come to the function, under the name that AWS's clients know.
struct LambdaException: JSONWritable {
    let name: String
    let problem: Problem

    /// - Returns: nil for what the function itself says.
    init?(_ problem: Problem, _ type: LambdaInvocationType?) {
        switch problem.code {
        case .unauthenticated: name = "UnrecognizedClientException"
        case .forbidden: name = "AccessDeniedException"
        case .unknownFunction: name = "ResourceNotFoundException"
        case .malformedJSON: name = "InvalidRequestContentException"
        case .unsupportedMediaType: name = "UnsupportedMediaTypeException"
        case .bodyTooLarge: name = "RequestTooLargeException"
        case .rateLimited: name = "TooManyRequestsException"
        // Clients try again by themselves.
        case .overloaded, .unavailable: name = "ServiceException"
        default:
            guard type == nil else { return nil }
            name = "InvalidParameterValueException"
        }
        self.problem = problem
    }

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("Type", problem.status < 500 ? "User" : "Service")
            writer.member(
                "Message",
                problem.code == .unknownFunction
                    ? "Function not found: " + problem.detail : problem.detail)
        }
    }
}

/// What a function that failed leaves in place of its result.
struct LambdaFailure: JSONWritable {
    let problem: Problem

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("errorType", problem.code.rawValue)
            writer.member("errorMessage", problem.detail)
        }
    }
}
