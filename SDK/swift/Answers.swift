/// One page of a list.
public struct Page<Item: Decodable & Sendable>: Decodable, Sendable {
    /// In the order that the list names.
    public let items: [Item]
    /// Gives the next page; nil at the end.
    public let nextCursor: String?
}

/// A billing period, in the zone that its customer had at its start.
public struct Period: Codable, Sendable, Equatable {
    /// RFC 3339.
    public let start: String
    /// RFC 3339, excluded.
    public let end: String
    /// An IANA name.
    public let timezone: String
}

/// What a subscription has used in a period.
public struct UsageReport: Decodable, Sendable, Equatable {
    /// What a charge of the plan has counted; quantities and amounts are exact decimals.
    public struct Row: Decodable, Sendable, Equatable {
        /// The charge's key.
        public let charge: String
        /// The meter's key.
        public let meter: String
        /// An exact decimal.
        public let quantity: String
        /// How many events it is of.
        public let eventCount: Int
        /// Those of them whose own period was closed when they came.
        public let lateEventCount: Int
        /// Late events that are never billed.
        public let ignoredEventCount: Int
        /// What that costs so far, an exact decimal.
        public let amount: String
        /// By the properties that were asked for, or that the meter keeps.
        public let groups: [UsageGroup]?
    }

    /// Whose usage it is.
    public let subscriptionId: String
    /// What it is of.
    public let period: Period
    /// In the order of the plan.
    public let usage: [Row]
    /// The sum of the amounts.
    public let total: String
    /// The last record of the log that counts in it.
    public let asOfSequence: Int
}

/// The part of a meter's usage that has the same values of some properties.
public struct UsageGroup: Decodable, Sendable, Equatable {
    /// nil for all groups beyond the first 1,000.
    public let group: [String: PropertyValue]?
    /// An exact decimal.
    public let quantity: String
    /// How many events it is of.
    public let eventCount: Int
}

/// An invoice; amounts are exact decimals.
///
/// `call("getInvoice", …)` gives the whole JSON.
public struct Invoice: Decodable, Sendable, Equatable {
    /// One line of it.
    public struct Line: Decodable, Sendable, Equatable {
        /// The charge's key, for most.
        public let id: String
        /// `usage`, `flat` or `minimum`.
        public let type: String
        /// The charge's key.
        public let charge: String?
        /// The meter's key.
        public let meter: String?
        /// For people.
        public let description: String
        /// What it is of.
        public let period: Span
        /// An exact decimal.
        public let quantity: String?
        /// Rounded to the currency.
        public let amount: String
        /// Exact, or to 12 fractional digits where it does not end.
        public let unroundedAmount: String
    }

    /// nil of a preview.
    public let id: String?
    /// nil of a preview.
    public let number: String?
    /// `advance`, `period`, `correction` or `final`.
    public let kind: String
    /// `finalized`, `preview` or `simulated`.
    public let status: String
    /// 0 for the first of its kind.
    public let revision: Int
    /// Who used it.
    public let customerId: String
    /// Whose usage it is.
    public let subscriptionId: String
    /// ISO 4217.
    public let currency: String
    /// What it is of.
    public let period: Period
    /// RFC 3339.
    public let issuedAt: String
    /// In the plan's order.
    public let lines: [Line]
    /// The sum of the amounts.
    public let total: String
    /// The invoice that a correction corrects.
    public let corrects: String?
}
