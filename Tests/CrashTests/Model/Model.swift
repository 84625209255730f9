import Billing

/// All customers, and the closes of all.
struct Model {
    var customers: [String: ModelCustomer] = [:]
    /// Closed periods, in the order of their invoices' numbers.
    private(set) var closed: [Closed] = []

    struct Closed: Equatable {
        let subscription: String
        let start: Instant
        let end: Instant
    }

    subscript(customer: String) -> ModelCustomer {
        get { customers[customer] ?? ModelCustomer(id: customer) }
        set { customers[customer] = newValue }
    }

    /// Closes what is due, in the order of (end, subscription).
    mutating func close(asOf instant: Instant) -> [Closed] {
        var due: [(month: Int, subscription: ModelSubscription, customer: String)] = []
        for customer in customers.values {
            for subscription in customer.subscriptions {
                due += subscription.due(asOf: instant).map { ($0, subscription, customer.id) }
            }
        }
        due.sort { ($0.month, $0.subscription.id) < ($1.month, $1.subscription.id) }
        let passed = due.map { month, subscription, customer in
            self[customer].close(subscription.id, month)
            return Closed(
                subscription: subscription.id,
                start: max(Month.starts[month], subscription.startsAt), end: Month.end(month))
        }
        closed += passed
        return passed
    }
}
