internal import Billing
internal import Ledger
internal import SQLite

extension Database {
    /// A page of customers; the last one's id leads to the next.
    borrowing func customers(_ query: CustomerQuery) throws -> Page<Customer> {
        let rows = try all(
            "SELECT sequence FROM customer WHERE id > ? ORDER BY id LIMIT ?"
        ) { row throws(SQLiteError) in
            try row.bind(1, text: query.cursor ?? "")
            try row.bind(2, Int64(query.limit + 1))
        } _: {
            $0.integer(0)
        }
        var customers: [Customer] = []
        for sequence in rows.prefix(query.limit) {
            customers.append(try customer(recordedAt: sequence))
        }
        return Page(
            items: customers,
            nextCursor: rows.count > query.limit ? customers.last?.id.string : nil)
    }

    /// A page of subscriptions as callers see them.
    ///
    /// - Parameter book: read after the rows, so that it has every version that they name.
    borrowing func subscriptions(
        _ query: SubscriptionQuery, _ book: @autoclosure () -> CatalogBook, at now: Instant
    ) throws -> Page<SubscriptionState> {
        let page = Page(try numbers(query), limit: query.limit) { $0 }
        let book = book()
        var states: [SubscriptionState] = []
        var last: CustomerRow?
        for number in page.items {
            guard let row = try subscription(number: number) else { throw CorruptRow() }
            let id = row.subscription.customerId
            if last?.customer.id != id { last = try customer(id) }
            guard let customer = last else { throw CorruptRow() }
            states.append(try state(of: row, book, customer, at: now))
        }
        return Page(items: states, nextCursor: page.nextCursor)
    }

    private borrowing func numbers(_ query: SubscriptionQuery) throws -> [Int64] {
        let after = try Cursor.position(query.cursor)
        guard let customer = query.customerId else {
            return try all(
                "SELECT number FROM subscription WHERE number > ? ORDER BY number LIMIT ?"
            ) { row throws(SQLiteError) in
                try row.bind(1, after)
                try row.bind(2, Int64(query.limit + 1))
            } _: {
                $0.integer(0)
            }
        }
        // Two statements: one with a condition for both would go through all subscriptions.
        return try all(
            """
            SELECT number FROM subscription WHERE customerId = ? AND number > ?
            ORDER BY number LIMIT ?
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, text: customer.bytes)
            try row.bind(2, after)
            try row.bind(3, Int64(query.limit + 1))
        } _: {
            $0.integer(0)
        }
    }
}
