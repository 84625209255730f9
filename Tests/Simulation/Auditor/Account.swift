internal import Billing

/// One subscription: its periods, what counts in them, and what must have been invoiced.
struct Account {
    let timeline: Timeline
    let placements: Placements
    let customers: [CustomerRecord]
    let closes: [CloseRecord]
    private let log: Log
    let settlesLate: Bool
    /// By the number of the advance or period invoice.
    private(set) var billed: [Int64: Billed] = [:]

    init(
        _ subscription: SubscriptionRecord, _ log: Log, _ closes: [CloseRecord], settlesLate: Bool
    ) throws {
        customers = log.customers[subscription.customerId] ?? []
        var timeline = try Timeline(subscription, log)
        try timeline.check(customers)
        for close in closes { try timeline.take(close) }
        placements = try Placements(timeline, log.events[subscription.customerId] ?? [])
        self.timeline = timeline
        self.closes = closes
        self.log = log
        self.settlesLate = settlesLate
    }

    func pricing(_ index: Int) -> Pricing {
        Pricing(period: timeline.periods[index], index: index, placements: placements)
    }

    /// Every invoice that the log's closes call for, in their order.
    mutating func invoices() throws -> [ExpectedInvoice] {
        var invoices: [ExpectedInvoice] = []
        for close in closes {
            guard let index = timeline.index(startingAt: close.periodStart) else { continue }
            try check(close, of: timeline.periods[index])
            let invoice = try invoice(close, index)
            try billed[close.corrects ?? close.number, default: Billed()].add(invoice.lines)
            invoices.append(invoice)
        }
        return invoices
    }

    private func invoice(_ close: CloseRecord, _ index: Int) throws -> ExpectedInvoice {
        let period = timeline.periods[index]
        let lines: [Line]
        var corrects: String?
        switch close.kind {
        case .period: lines = try pricing(index).lines(at: close.cutoff)
        case .advance: lines = try pricing(index).advanceLines()
        case .correction, .final:
            guard let base = closes.first(where: { $0.number == close.corrects }) else {
                throw Disagreement("\(close.number) corrects an invoice that is not there")
            }
            corrects = base.invoiceId
            lines = try correction(of: base, index, at: close.cutoff)
            try expect(lines.isEmpty, false, "the correction \(close.number) has nothing to say")
        }
        return ExpectedInvoice(
            close: close, customer: try customer(of: close), plan: period.opened.plan,
            currency: period.plan.plan.currency, span: period.span, lines: lines,
            chain: log.chains[Int(close.cutoff)], corrects: corrects)
    }

    /// What a correction of an invoice says with the records up to a cutoff.
    func correction(of base: CloseRecord, _ index: Int, at cutoff: Int64) throws -> [Line] {
        let pricing = pricing(index)
        let all =
            base.kind == .advance ? try pricing.advanceLines() : try pricing.lines(at: cutoff)
        return try (billed[base.number] ?? Billed()).correction(
            to: all, of: base.invoiceId, timeline.periods[index].plan.plan.currency)
    }

    /// The customer as it stood when the close was written.
    private func customer(of close: CloseRecord) throws -> Customer {
        guard let record = customers.last(where: { $0.sequence < close.sequence }) else {
            throw Disagreement("invoice \(close.number) is of no customer")
        }
        try expect(
            close.customerSequence, record.sequence, "the customer's record of \(close.number)")
        return record.customer
    }

    /// Kind and revision, and that it was not written before its time.
    private func check(_ close: CloseRecord, of period: Timeline.Period) throws {
        let earlier = closes.filter {
            $0.periodStart == close.periodStart && $0.sequence < close.sequence
        }
        switch close.kind {
        case .period:
            try expect(close.revision, 0, "the revision of \(close.number)")
            let due = period.span.end + period.plan.plan.gracePeriod
            try expect(due <= close.recordedAt, true, "the close \(close.number) was due")
        case .advance:
            try expect(close.revision, 0, "the revision of \(close.number)")
            try expect(
                period.span.start <= close.recordedAt, true, "the advance \(close.number) was due")
        case .correction, .final:
            let highest = earlier.map(\.revision).max() ?? -1
            try expect(close.revision, highest + 1, "the revision of \(close.number)")
            try expect(
                close.kind, hasOpenPeriod(at: close.sequence) ? .correction : .final,
                "the kind of \(close.number)")
        }
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
