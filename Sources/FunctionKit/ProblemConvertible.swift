internal import Billing
package import JSON
internal import Logging

/// An error that knows how to be an answer; all others are bugs.
package protocol ProblemConvertible: Error {
    var problem: Problem { get }
}

extension Problem: ProblemConvertible {
    package var problem: Problem { self }

    init(any error: any Error, _ context: FunctionContext) {
        if let known = error as? any ProblemConvertible {
            self = known.problem
        } else {
            context.logger.error("a function failed", metadata: ["error": "\(error)"])
            self.init(
                .internalError,
                "an unexpected error; the log names it under request \(context.requestId)")
        }
    }
}

extension JSONError: ProblemConvertible {
    package var problem: Problem { Problem(.malformedJSON, description) }
}

extension InvalidFields: ProblemConvertible {
    package var problem: Problem {
        let isMalformed = issues.contains { $0.severity == .malformed }
        let summary = issues.prefix(3).map { issue in
            issue.pointer.isEmpty ? "the body \(issue.detail)" : "\(issue.pointer) \(issue.detail)"
        }
        let rest = issues.count > 3 ? "; and \(issues.count - 3) more" : ""
        return Problem(
            isMalformed ? .invalidRequest : .unprocessable,
            summary.joined(separator: "; ") + rest, issues: issues)
    }
}

extension ArithmeticError: ProblemConvertible {
    package var problem: Problem { Problem(.unprocessable, description) }
}
