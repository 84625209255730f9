/// The bounds of what is billed and of what is counted, in one place.
///
/// What one request may hold stands in FunctionKit's `Limits`, what a decimal may hold in
/// `ExactDecimal`.
package enum BillingLimits {
    /// Characters of an id: Unicode scalars.
    package static let identifierCharacters = 255
    /// Bytes of text that people read: names, descriptions, reasons.
    package static let textBytes = 1024
    /// Bytes of a customer's metadata in canonical form.
    package static let metadataBytes = 16 * 1024

    /// Bytes of an event's canonical form, and how deep it may nest, itself included.
    package static let eventBytes = 16 * 1024
    package static let eventDepth = 8

    /// Meters in one catalog, and plans in one.
    package static let catalogItems = 1000
    /// Charges of a plan.
    package static let charges = 100
    /// Intervals in one billing period: enough for a leap year counted in days.
    package static let periodIntervals = 366
    /// Filters of a meter, and the values of one filter.
    package static let filters = 50
    package static let filterValues = 1000
    /// Properties that a meter groups by.
    package static let groupProperties = 10
    /// Groups of one charge's period that are kept apart; all later ones count together.
    package static let groups = 1000

    /// Tiers of a price.
    package static let tiers = 1000
    /// Transactions that a percentage price may give away.
    package static let freeEvents = 1_000_000_000_000
    /// Transactions that one call of `priceUsage` gives for one price.
    package static let pricedAmounts = 10_000
}
