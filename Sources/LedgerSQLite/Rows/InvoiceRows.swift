internal import Billing
internal import JSON
internal import Ledger
internal import SQLite

extension Database {
    /// Stores an invoice and ends its work item, in the transaction under way.
    ///
    /// - Returns: false where it is stored already; that stays as it is.
    borrowing func record(_ invoice: WrittenInvoice) throws(SQLiteError) -> Bool {
        let key = invoice.key
        try run(
            """
            INSERT INTO invoice (number, id, kind, customerId, subscriptionId, body)
            VALUES (?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, invoice.number)
            try row.bind(2, text: invoice.id)
            try row.bind(3, text: key.kind.rawValue)
            try row.bind(4, text: invoice.customerId.bytes)
            try row.bind(5, text: key.subscriptionId.bytes)
            try row.bind(6, blob: invoice.body)
        }
        guard connection.changes == 1 else { return false }
        try run("DELETE FROM invoice_work WHERE invoiceNumber = ?") { row throws(SQLiteError) in
            try row.bind(1, invoice.number)
        }
        return true
    }

    borrowing func setAside(_ failure: InvoiceFailure) throws(SQLiteError) {
        try run("UPDATE invoice_work SET failure = ? WHERE invoiceNumber = ?") {
            row throws(SQLiteError) in
            try row.bind(1, text: failure.reason)
            try row.bind(2, failure.number)
        }
    }

    /// What was set aside is tried again, perhaps by a program that can write it.
    borrowing func takeUpInvoices() throws(SQLiteError) {
        try run("UPDATE invoice_work SET failure = NULL WHERE failure IS NOT NULL") { _ in }
    }

    borrowing func invoice(_ id: String) throws(SQLiteError) -> [UInt8]? {
        guard let number = DeterministicID.number(ofInvoice: id) else { return nil }
        return try first("SELECT body FROM invoice WHERE number = ? AND id = ?") {
            row throws(SQLiteError) in
            try row.bind(1, number)
            try row.bind(2, text: id)
        } _: { row in
            row.bytes(0)
        }
    }

    /// The lines of an invoice that is written: of each its id and its type.
    borrowing func lines(ofInvoice number: Int64) throws -> [(id: String, type: String)] {
        let body = try first("SELECT body FROM invoice WHERE number = ?") {
            row throws(SQLiteError) in
            try row.bind(1, number)
        } _: { row in
            row.bytes(0)
        }
        guard let body else { return [] }
        guard let lines = try JSONDocument.parse(body).root.member("lines")?.children
        else { throw CorruptRow() }
        return try lines.map { line throws(CorruptRow) in
            guard let id = line.member("id"), let type = line.member("type")
            else { throw CorruptRow() }
            return (id.string, type.string)
        }
    }

    borrowing func invoices(_ query: InvoiceQuery) throws -> Page<[UInt8]> {
        let after = try Cursor.position(query.cursor)
        let isOfAll = query.customerId == nil && query.subscriptionId == nil
        let rows = try all(
            isOfAll
                ? """
                SELECT number, body FROM invoice WHERE number > ?1 AND (?4 IS NULL OR kind = ?4)
                ORDER BY number LIMIT ?5
                """
                : """
                SELECT number, body FROM invoice WHERE number > ?1
                    AND customerId =
                        coalesce(?2, (SELECT customerId FROM subscription WHERE id = ?3))
                    AND (?3 IS NULL OR subscriptionId = ?3) AND (?4 IS NULL OR kind = ?4)
                ORDER BY number LIMIT ?5
                """
        ) { row throws(SQLiteError) in
            try row.bind(1, after)
            try row.bind(2, text: query.customerId?.bytes)
            try row.bind(3, text: query.subscriptionId?.bytes)
            try row.bind(4, text: query.kind?.rawValue)
            try row.bind(5, Int64(query.limit + 1))
        } _: { row in
            (number: row.integer(0), body: row.bytes(1))
        }
        let page = Page(rows, limit: query.limit) { $0.number }
        return Page(items: page.items.map(\.body), nextCursor: page.nextCursor)
    }

    /// A close with all that its invoice is made of; a correction with what it corrects.
    borrowing func closedPeriod(_ row: CloseRow, _ book: CatalogBook) throws -> ClosedPeriod {
        guard let corrected = row.corrects else {
            return try closedPeriod(row, book, earlier: [])
        }
        return try closedPeriod(row, book, earlier: billed(corrected, before: row, book))
    }

    /// What was billed so far: an invoice, and its corrections before `row` in their order.
    borrowing func billed(
        _ corrected: Int64, before row: CloseRow, _ book: CatalogBook
    ) throws -> [ClosedPeriod] {
        var earlier: [ClosedPeriod] = []
        for other in try closes(of: row.subscription, from: row.span.start)
        where other.close.invoiceNumber < row.close.invoiceNumber
            && (other.close.invoiceNumber == corrected || other.corrects == corrected)
        {
            earlier.append(try closedPeriod(other, book, earlier: earlier))
        }
        return earlier
    }

    borrowing func closedPeriod(
        _ row: CloseRow, _ book: CatalogBook, earlier: [ClosedPeriod]
    ) throws -> ClosedPeriod {
        guard let subscription = try subscription(number: row.subscription),
            let plan = book.plan(row.plan.key, version: row.plan.version)
        else { throw CorruptRow() }
        var accumulators = row.accumulators ?? []
        if let period = row.period {
            accumulators =
                try (self.accumulators(of: period) ?? AccumulatorRow(plan: plan)).accumulators
        }
        let asBilled = Subscription(
            id: subscription.subscription.id, customerId: subscription.subscription.customerId,
            plan: row.plan, startsAt: row.anchoredAt, endsAt: subscription.subscription.endsAt,
            anchor: row.anchor)
        return ClosedPeriod(
            subscription: asBilled, customer: try customer(recordedAt: row.customerSequence),
            plan: plan, span: row.span,
            accumulators: accumulators, close: row.close,
            firstInvoiceNumber: try firstInvoice(of: row.subscription, from: row.span.start),
            earlier: earlier)
    }
}
