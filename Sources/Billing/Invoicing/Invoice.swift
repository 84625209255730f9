/// What a customer owes for a period, every line of it tied to its events.
package struct Invoice: Sendable {
    /// nil before the close, and where it is simulated.
    package let id: String?
    /// Drawn with its close; nil before.
    package let number: String?
    package let kind: InvoiceKind
    package let status: InvoiceStatus
    package let revision: Int
    package let customer: Customer
    package let subscriptionId: Identifier
    package let plan: PlanReference
    package let currency: Currency
    package let period: PeriodSpan
    package let issuedAt: Instant
    package let lines: [InvoiceLine]
    /// The sum of the lines' amounts, in the currency's minor unit.
    package let total: ExactDecimal
    /// The invoice that this one corrects.
    package let corrects: String?
    package let cutoffSequence: Int64
    package let chain: Digest
}

/// One charge's part of an invoice, or the true-up to a minimum.
package struct InvoiceLine: Sendable {
    package enum Kind: String, Sendable { case usage, flat, minimum }

    /// The charge's key; `key#minimum` for its true-up, `#minimum` for the plan's.
    package let id: String
    package let kind: Kind
    package let charge: String?
    package let meter: String?
    package let description: String
    package let quantity: Fraction?
    /// Rounded to the currency's minor unit.
    package let amount: ExactDecimal
    package let unroundedAmount: Fraction
    package let breakdown: [BreakdownEntry]
    package let groups: [LineGroup]
    package let evidence: Evidence?
    /// What this line corrects, where it is a correction's.
    package var corrects: LineReference?
}

/// A line of an invoice.
package struct LineReference: Sendable, Equatable {
    package let invoiceId: String
    package let lineId: String
}

/// A part of a line's usage, by the properties its meter groups by.
package struct LineGroup: Sendable {
    /// Canonical JSON of the group's properties; nil for all groups after the first 1,000.
    package let key: [UInt8]?
    package let quantity: Fraction
    package let eventCount: Int64
}
