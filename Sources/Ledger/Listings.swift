package import Billing

/// Which customers to list, by the bytes of their ids.
package struct CustomerQuery: Sendable {
    package var cursor: String?
    package var limit: Int

    package init(cursor: String? = nil, limit: Int) {
        self.cursor = cursor
        self.limit = limit
    }
}

/// Which subscriptions to list, oldest first.
package struct SubscriptionQuery: Sendable {
    package var customerId: Identifier?
    package var cursor: String?
    package var limit: Int

    package init(customerId: Identifier? = nil, cursor: String? = nil, limit: Int) {
        self.customerId = customerId
        self.cursor = cursor
        self.limit = limit
    }
}
