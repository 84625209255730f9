/// The bounds of the house, in one place.
package enum Limits {
    /// Bytes of a request's body.
    package static let bodyBytes = 8 * 1024 * 1024
    /// Events in one request.
    package static let eventsPerRequest = 10_000
    /// Items on a page of a list, and how many where the caller does not say.
    package static let pageItems = 1...1000
    package static let defaultPageItems = 100
    /// Meters, plans in one catalog; charges in a plan; tiers in a price.
    package static let catalogItems = 1000
    /// Bytes of text that people read: names, descriptions, reasons.
    package static let textBytes = 1024
    /// Periods that one call of `closePeriod` closes where the caller does not say, and at most.
    package static let closesPerCall = 1...1000
    package static let defaultClosesPerCall = 200
}
