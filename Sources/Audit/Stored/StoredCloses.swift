internal import Billing
internal import SQLite

/// The rows of the table `close`: what an invoice yet to be written is made of, and what a
/// correction is held against.
final class StoredCloses {
    private let file: LedgerFile
    private let close: Statement

    init(_ file: LedgerFile) throws {
        self.file = file
        close = try file.connection.prepare(
            """
            SELECT subscription.id, kind, revision, start, end, timezone, close.planKey,
                close.planVersion, cutoffSequence, chain, closedAt, customerSequence, corrects,
                close.anchor, anchoredAt, period, (
                    SELECT number FROM period WHERE period.subscription = close.subscription
                        AND period.start = close.start AND close.kind = 'period'), state
            FROM close JOIN subscription ON subscription.number = close.subscription
            WHERE invoiceNumber = ?
            """)
    }

    /// Where the row of an invoice's close is another than the log says.
    func difference(from invoice: ExpectedInvoice) throws -> Difference? {
        defer { close.reset() }
        try close.bind(1, invoice.close.number)
        let name = "the close of \(invoice.name)"
        guard try close.step() else {
            return Difference("\(name) is missing", sequence: invoice.close.sequence)
        }
        let state = close.isNull(17) ? nil : close.bytes(17)
        let difference = columns(invoice).difference ?? Self.difference(state, invoice)
        return difference.map { Difference("\(name) \($0)", sequence: invoice.close.sequence) }
    }

    private func columns(_ invoice: ExpectedInvoice) -> [ComparedColumn] {
        let (record, terms, span) = (invoice.close, invoice.terms, invoice.span)
        return [
            ComparedColumn(
                "subscription", Identifier(checked: close.bytes(0)), record.subscriptionId),
            ComparedColumn("kind", close.string(1), record.kind.rawValue),
            ComparedColumn("revision", close.integer(2), record.revision),
            ComparedColumn("start", Instant(microseconds: close.integer(3)), span.start),
            ComparedColumn("end", Instant(microseconds: close.integer(4)), span.end),
            ComparedColumn("timezone", close.string(5), span.timezone.name),
            ComparedColumn("planKey", close.string(6), terms.reference.key),
            ComparedColumn("planVersion", close.integer(7), terms.reference.version),
            ComparedColumn("cutoffSequence", close.integer(8), record.cutoff),
            ComparedColumn("chain", Digest(close.bytes(9)), Optional(invoice.chain)),
            ComparedColumn(
                "closedAt", Instant(microseconds: close.integer(10)), record.recordedAt),
            ComparedColumn("customerSequence", close.integer(11), record.customerSequence),
            ComparedColumn("corrects", close.optionalInteger(12), record.corrects),
            ComparedColumn("anchor", close.string(13), terms.schedule.anchor),
            ComparedColumn(
                "anchoredAt", Instant(microseconds: close.integer(14)),
                terms.schedule.anchoredAt),
            ComparedColumn("period", close.optionalInteger(15), close.optionalInteger(16)),
        ]
    }

    /// Only corrections of usage have accumulators of their own.
    private static func difference(_ state: [UInt8]?, _ invoice: ExpectedInvoice) -> String? {
        guard let state, let tallies = invoice.correctedTallies else {
            return state == nil && invoice.correctedTallies == nil
                ? nil : "has accumulators where it must have none, or none where it must"
        }
        do {
            let charges = try StoredAccumulators(state)
            let difference = charges.difference(from: tallies, invoice.terms.plan)
            return (difference ?? charges.ignoredDifference).map { "has accumulators that \($0)" }
        } catch { return "has accumulators that \(error.detail)" }
    }

    /// How many rows there are, whosever.
    func count() throws -> Int64 {
        try file.connection.integer("SELECT count(*) FROM close") ?? 0
    }
}
