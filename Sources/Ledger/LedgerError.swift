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

    package let reason: Reason
    /// What is wrong and what to do about it.
    package let detail: String
    /// The field to blame, as an RFC 6901 pointer into the call's request.
    package let pointer: String?

    package init(_ reason: Reason, _ detail: String, pointer: String? = nil) {
        self.reason = reason
        self.detail = detail
        self.pointer = pointer
    }

    package var description: String { detail }
}
