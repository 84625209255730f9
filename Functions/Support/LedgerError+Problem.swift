package import FunctionKit
internal import JSON
package import Ledger

extension LedgerError: ProblemConvertible {
    package var problem: Problem {
        Problem(
            code, detail,
            issues: issues.map {
                FieldIssue(pointer: $0.pointer, detail: $0.detail, severity: .meaningless)
            })
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
