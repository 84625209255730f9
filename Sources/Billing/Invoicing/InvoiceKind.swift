/// Why an invoice was written.
package enum InvoiceKind: String, Sendable, CaseIterable {
    /// Flat charges in advance, for a period that begins.
    case advance
    /// A closed period's usage, true-ups and flat charges in arrears.
    case period
    /// What late or voided usage changes on a period that was billed.
    case correction
    /// A correction after the subscription's end.
    case final
}
