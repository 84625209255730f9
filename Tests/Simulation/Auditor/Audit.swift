package import Billing
internal import JSON
internal import SQLite

/// Computes every invoice of a ledger again, from the log alone, and compares.
///
/// It shares parsing and the price functions with what it audits, and nothing else.
package struct Audit {
    let log: Log
    private let stored: [StoredInvoice]
    private let passes: [Pass]

    /// A call of `closePeriod` that left nothing due.
    package struct Pass: Sendable {
        /// What it was to take as due.
        package let asOf: Instant
        /// When it was made.
        package let at: Instant
        /// Of this subscription alone.
        package let subscription: Identifier?

        package init(asOf: Instant, at: Instant, subscription: Identifier?) {
            self.asOf = asOf
            self.at = at
            self.subscription = subscription
        }
    }

    /// What was found to agree.
    package struct Summary: Sendable {
        package var invoices: [InvoiceKind: Int] = [:]
        package var events = 0
        package var lateEvents = 0
        package var voids = 0
        /// The hashes of all events, by the log.
        package var hashes: Set<Digest> = []
    }

    /// - Parameters:
    ///   - path: of the ledger's file.
    ///   - passes: by their instant, all of them.
    package init(path: String, passes: [Pass]) throws {
        let connection = try Connection(path: path, .readOnly)
        log = try Log(LogRow.all(in: connection))
        stored = try StoredInvoice.all(in: connection)
        self.passes = passes
    }

    /// - Throws: `Disagreement` at the first thing that is not as it must be.
    package func check() throws -> Summary {
        try checkNumbers()
        var summary = Summary(events: log.eventCount, voids: log.voidCount)
        var expected: [Int64: ExpectedInvoice] = [:]
        let closes = Dictionary(grouping: log.closes) { $0.subscriptionId }
        for subscription in log.subscriptions {
            var account = try Account(subscription, log, closes[subscription.id] ?? [])
            for invoice in try account.invoices() { expected[invoice.close.number] = invoice }
            try account.checkPasses(
                passes.filter { $0.subscription ?? subscription.id == subscription.id })
            summary.lateEvents += account.placements.lateCount
        }
        try compare(expected)
        for close in log.closes { summary.invoices[close.kind, default: 0] += 1 }
        for events in log.events.values { summary.hashes.formUnion(events.map(\.hash)) }
        return summary
    }

    /// The series has no gap and follows the log.
    private func checkNumbers() throws {
        for (index, close) in log.closes.enumerated() {
            try expect(close.number, Int64(index + 1), "the number in record \(close.sequence)")
            try expect(close.cutoff < close.sequence, true, "the cutoff of \(close.number)")
        }
        let known = Set(log.subscriptions.map(\.id))
        for close in log.closes where !known.contains(close.subscriptionId) {
            throw Disagreement("invoice \(close.number) is of no subscription")
        }
    }

    private func compare(_ expected: [Int64: ExpectedInvoice]) throws {
        try expect(stored.map(\.number), expected.keys.sorted(), "the numbers of the invoices")
        for invoice in stored {
            guard let must = expected[invoice.number] else { continue }
            let name = "invoice \(invoice.number) (\(must.close.kind) of \(must.name))"
            try expect(invoice.id, must.id, "the id of \(name)")
            try expect(invoice.kind, must.close.kind.rawValue, "the kind of \(name)")
            try expect(invoice.customerId, must.customer.id, "the customer of \(name)")
            try expect(
                invoice.subscriptionId, must.close.subscriptionId, "the subscription of \(name)")
            let json = try must.json()
            if invoice.body == json { continue }
            let difference = try JSONDifference.between(
                JSONDocument.parse(invoice.body).root, JSONDocument.parse(json).root)
            if let difference { throw Disagreement("\(name): \(difference)") }
        }
    }
}

extension ExpectedInvoice {
    /// What a message calls it.
    var name: String { "\(close.subscriptionId) from \(close.periodStart)" }
}
