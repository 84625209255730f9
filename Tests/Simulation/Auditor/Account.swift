internal import Billing

/// One subscription: its periods, what counts in them, and what must have been invoiced.
struct Account {
    let timeline: Timeline
    let placements: Placements
    let closes: [CloseRecord]
    private let log: Log
    /// By the number of the advance or period invoice.
    private(set) var billed: [Int64: Billed] = [:]

    init(_ subscription: SubscriptionRecord, _ log: Log, _ closes: [CloseRecord]) throws {
        timeline = try Timeline(subscription, log, closes)
        placements = try Placements(timeline, log.events[subscription.customerId] ?? [])
        self.closes = closes
        self.log = log
    }

    /// The lines of a closed period with the records up to a cutoff.
    func lines(_ index: Int, at cutoff: Int64) throws -> [Line] {
        try Pricing(period: timeline.periods[index], index: index, placements: placements)
            .lines(at: cutoff)
    }

    /// Every invoice that the log's closes call for, in their order.
    mutating func invoices() throws -> [ExpectedInvoice] {
        var invoices: [ExpectedInvoice] = []
        for close in closes {
            guard let period = timeline.priced[close.number] else { continue }
            try check(close, of: period)
            let invoice = try invoice(close, period)
            try billed[close.corrects ?? close.number, default: Billed()].add(invoice.lines)
            invoices.append(invoice)
        }
        return invoices
    }

    private func invoice(_ close: CloseRecord, _ period: Timeline.Period) throws
        -> ExpectedInvoice
    {
        let base = closes.first { $0.number == close.corrects ?? close.number } ?? close
        var lines: [Line]
        if base.kind == .advance {
            lines = try period.advanceLines()
        } else if let index = timeline.index(startingAt: close.periodStart) {
            lines = try self.lines(index, at: close.cutoff)
        } else {
            throw Disagreement("invoice \(close.number) is of a period that is none")
        }
        if close.corrects != nil {
            lines = try (billed[base.number] ?? Billed()).correction(
                to: lines, of: base.invoiceId, period.plan.plan.currency)
            try expect(lines.isEmpty, false, "the correction \(close.number) has nothing to say")
        }
        return ExpectedInvoice(
            close: close, customer: try customer(of: close), plan: period.terms.reference,
            currency: period.plan.plan.currency, span: period.span, lines: lines,
            chain: log.chains[Int(close.cutoff)],
            corrects: close.corrects == nil ? nil : base.invoiceId)
    }

    /// The customer as it stood when the close was written.
    private func customer(of close: CloseRecord) throws -> Customer {
        let record = timeline.customers.last { $0.sequence < close.sequence }
        guard let record else { throw Disagreement("invoice \(close.number) is of no customer") }
        try expect(
            close.customerSequence, record.sequence, "the customer's record of \(close.number)")
        return record.customer
    }

    /// Kind and revision, and that it was not written before its time.
    private func check(_ close: CloseRecord, of period: Timeline.Period) throws {
        let earlier = closes.filter {
            $0.periodStart == close.periodStart && $0.sequence < close.sequence
        }
        let next = (earlier.map(\.revision).max() ?? -1) + 1
        let isLast = !hasOpenPeriod(at: close.sequence)
        let isEarly: Bool
        switch close.kind {
        case .period:
            try expect(close.revision, 0, "the revision of \(close.number)")
            isEarly = period.span.end + period.plan.plan.gracePeriod > close.recordedAt
        case .advance:
            // Not 0 where another plan billed the same period in advance before.
            try expect(close.revision, next, "the revision of \(close.number)")
            isEarly = period.span.start > close.recordedAt
        case .correction, .final:
            try expect(close.revision, next, "the revision of \(close.number)")
            try expect(close.kind, isLast ? .final : .correction, "the kind of \(close.number)")
            isEarly = false
        }
        try expect(isEarly, false, "whether \(close.number) was written before it was due")
    }

    /// Whether a period was left to close when a record was written.
    private func hasOpenPeriod(at sequence: Int64) -> Bool {
        guard let last = timeline.periods.last, last.span.end == timeline.endsAt(at: sequence)
        else { return true }
        return last.close.map { $0.sequence > sequence } ?? true
    }
}

extension Account {
    /// The sequence of the last record that was written at or before an instant.
    func lastSequence(at instant: Instant) -> Int64 {
        var (low, high) = (0, log.instants.count)
        while low < high {
            let middle = (low + high) / 2
            if log.instants[middle] <= instant { low = middle + 1 } else { high = middle }
        }
        return Int64(low)
    }
}
