/// Why the ledger refused a call; nothing was changed.
package struct LedgerError: Error, Equatable, CustomStringConvertible {
    package enum Reason: String, Sendable, CaseIterable {
        /// A thing that the call names does not exist.
        case notFound
        /// The call contradicts what is recorded.
        case conflict
        /// A value of the call makes no sense with what is recorded.
        case unprocessable
        /// Too much is waiting to be written; try again.
        case overloaded
        /// The store failed or is closed; what was not answered did not happen.
        case unavailable
    }

    /// A field to blame and what is wrong with it.
    package struct Issue: Sendable, Equatable {
        /// An RFC 6901 pointer into the call's request.
        package let pointer: String
        package let detail: String

        package init(pointer: String, detail: String) {
            self.pointer = pointer
            self.detail = detail
        }
    }

    package let reason: Reason
    /// What is wrong and what to do about it.
    package let detail: String
    /// The fields to blame, all of them; none where no single field is.
    package let issues: [Issue]

    package init(_ reason: Reason, _ detail: String, pointer: String? = nil) {
        self.reason = reason
        self.detail = detail
        issues = pointer.map { [Issue(pointer: $0, detail: detail)] } ?? []
    }

    /// - Parameter issues: at least one.
    package init(_ reason: Reason, _ issues: [Issue]) {
        self.reason = reason
        let rest = issues.count > 3 ? "; and \(issues.count - 3) more" : ""
        detail = issues.prefix(3).map(\.detail).joined(separator: "; ") + rest
        self.issues = issues
    }

    /// The first field to blame.
    package var pointer: String? { issues.first?.pointer }

    package var description: String { detail }
}
