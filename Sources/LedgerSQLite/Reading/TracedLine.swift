internal import Billing
internal import Ledger

/// Which records stand behind a usage line of an invoice.
///
/// Those that its charge's accumulator was folded from: by the same rule (`BillingPlaces`), from the
/// same meters, up to the same cutoff.
struct TracedLine: Sendable {
    let customer: KeyHash
    private let subscription: KeyHash
    private let activity: Range<Instant>
    private let places: BillingPlaces
    private let period: PeriodRow
    private let plan: CompiledPlan
    private let charge: Int
    /// The invoice's cutoff.
    private let cutoff: Int64
    /// The line counts no record outside of these; nil where it counts none at all.
    private let counted: ClosedRange<Int64>?
    /// The records that came after the cutoff, and how many of them the charge ignored.
    private let later: ClosedRange<Int64>?
    private let ignoredEventCount: Int64

    var catalog: CompiledCatalog { places.catalog }

    /// Where its records lie that a trace has not come to.
    func stretches(after cursor: TraceCursor) -> [RecordStretch] {
        let left = Int(ignoredEventCount - cursor.ignored)
        return [
            counted.map { RecordStretch(records: $0) },
            later.map { RecordStretch(records: $0, itemCount: left) },
        ].compactMap { $0?.after(cursor.position) }
    }

    /// How it takes a record; nil where it does not.
    func taking(
        _ batch: PreparedBatch, _ record: RefoldRecord
    ) throws -> (isLate: Bool, isIgnored: Bool)? {
        let event = batch.prepared[record.place]
        guard event.subscription ?? subscription == subscription,
            activity.contains(event.timestamp),
            plan.charges(taking: batch, record.place).contains(Int32(charge))
        else { return nil }
        if record.sequence > cutoff {
            guard case .event = record.kind,
                places.origin(at: event.timestamp)?.number == period.number
            else { return nil }
            return (isLate: true, isIgnored: true)
        }
        let place = try places.places(of: batch, record.place, record.eventSequence).first {
            $0.period.number == period.number && $0.charges.contains(plan.charges[charge])
        }
        return place.map { (isLate: $0.isLate, isIgnored: false) }
    }

    /// - Returns: whether the event of a record was taken out, as the line knows it.
    func isVoided(_ record: LoggedRecord) -> Bool {
        guard let void = record.voidedBy else { return false }
        return void <= cutoff || record.sequence > cutoff
    }
}

extension TracedLine {
    /// - Parameters:
    ///   - close: the invoice's.
    ///   - accumulator: of the charge, as it was when the invoice was written.
    ///   - before: the cutoff of the invoice that billed the line last; 0 where none did.
    fileprivate init(
        _ close: CloseRow, _ subscription: SubscriptionRow, charge: Int, _ period: PeriodRow,
        _ places: BillingPlaces, _ accumulator: Accumulator, after before: Int64, head: Int64,
        _ hasher: KeyHasher
    ) throws(CorruptRow) {
        customer = hasher.hash(subscription.subscription.customerId)
        self.subscription = hasher.hash(subscription.subscription.id)
        activity = subscription.activity
        self.places = places
        self.period = period
        plan = try places.plan(of: period)
        self.charge = charge
        cutoff = close.close.cutoffSequence
        let evidence = accumulator.evidence
        let first = max(evidence.firstSequence, before + 1)
        counted =
            accumulator.hasRecords && first <= evidence.lastSequence
            ? first...evidence.lastSequence : nil
        // Corrections settle what is billed, so what is not stands behind the period's own line.
        ignoredEventCount = close.corrects == nil ? accumulator.ignoredEventCount : 0
        later = cutoff < head ? cutoff + 1...head : nil
    }
}

extension Database {
    /// What a line of an invoice is traced by; nil where no usage stands behind it.
    borrowing func tracedLine(
        _ query: TraceQuery, _ published: Published, _ hasher: KeyHasher
    ) throws -> TracedLine? {
        guard try invoice(query.invoiceId) != nil,
            let number = DeterministicID.number(ofInvoice: query.invoiceId),
            let close = try close(invoiceNumber: number),
            let subscription = try subscription(number: close.subscription)
        else { throw LedgerError.unknownInvoice(query.invoiceId) }
        let line = try lines(ofInvoice: number).first { $0.id == query.lineId }
        guard let line else {
            throw LedgerError(
                .notFound, "the invoice \"\(query.invoiceId)\" has no line \"\(query.lineId)\"",
                pointer: "/lineId")
        }
        guard line.type == InvoiceLine.Kind.usage.rawValue else { return nil }
        let billed = try billedBefore(close)
        // Asked after the snapshot began: it has every version that a row of it names.
        let places = BillingPlaces(
            periods: try periods(of: close.subscription), catalog: published.catalog)
        guard let number = (billed.first ?? close).period,
            let period = places.periods.first(where: { $0.number == number }),
            let charge = try places.plan(of: period).version.plan.usageCharges
                .firstIndex(where: { $0.charge.key == query.lineId })
        else { throw CorruptRow() }
        let accumulators = try close.accumulators ?? self.accumulators(of: number)?.accumulators
        guard let accumulator = accumulators?[charge] else { return nil }
        let last = try billed.last { other in
            try lines(ofInvoice: other.close.invoiceNumber).contains { $0.id == query.lineId }
        }
        return try TracedLine(
            close, subscription, charge: charge, period, places, accumulator,
            after: last?.close.cutoffSequence ?? 0, head: lastSequence(), hasher)
    }

    /// Of a correction: the close that it corrects and the corrections before it, in their order.
    private borrowing func billedBefore(_ close: CloseRow) throws -> [CloseRow] {
        guard let corrected = close.corrects else { return [] }
        return try closes(of: close.subscription, from: close.span.start).filter {
            $0.close.invoiceNumber < close.close.invoiceNumber
                && ($0.close.invoiceNumber == corrected || $0.corrects == corrected)
        }
    }

    /// Those of some records that a line takes.
    borrowing func traced(
        _ sequences: [Int64], by line: TracedLine, _ hasher: KeyHasher
    ) throws -> [TracedRecord] {
        let page = try refoldPage(sequences, line.catalog, hasher)
        var traced: [TracedRecord] = []
        for record in page.records {
            guard let taking = try line.taking(page.batch, record) else { continue }
            let logged = try logged(self.record(record.sequence))
            traced.append(
                TracedRecord(
                    record: logged, isLate: taking.isLate, isIgnored: taking.isIgnored,
                    isVoided: line.isVoided(logged)))
        }
        return traced
    }
}

extension LedgerError {
    static func unknownInvoice(_ id: String) -> LedgerError {
        LedgerError(.notFound, "there is no invoice \"\(id)\"", pointer: "/invoiceId")
    }
}
