/// What an invoice's figures are worth.
package enum InvoiceStatus: String, Sendable, CaseIterable {
    /// Numbered, kept and never changed.
    case finalized
    /// What the invoice would be if its period were closed at `issuedAt`.
    case preview
    /// Recorded usage priced under a plan that the subscription was not on.
    case simulated
}
