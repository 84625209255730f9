package import FunctionKit
internal import JSON
package import Ledger

extension LedgerError: ProblemConvertible {
    package var problem: Problem {
        let issues = pointer.map {
            [FieldIssue(pointer: $0, detail: detail, severity: .meaningless)]
        }
        return Problem(code, detail, issues: issues ?? [])
    }

    private var code: ProblemCode {
        switch reason {
        case .notFound: .notFound
        case .conflict: .conflict
        case .unprocessable: .unprocessable
        case .overloaded: .overloaded
        case .unavailable: .unavailable
        }
    }
}
