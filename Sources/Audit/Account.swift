internal import Billing

/// One subscription: its periods, what counts in them, and what must have been invoiced.
struct Account {
    private(set) var books: Books
    let closes: [CloseRecord]
    private let voids: [VoidRecord]
    /// By the number of the advance or period invoice.
    private(set) var billed: [Int64: Billed] = [:]
    /// By the record up to which it is asked what the books say.
    private let due: [Int64: Due]

    /// What is asked for at a cutoff.
    private struct Due {
        var closes: [CloseRecord] = []
        var rows: [StoredPeriod] = []
        /// Closed periods whose correction came to nothing here.
        var tried: [Int] = []
    }

    /// What the books say at a cutoff.
    struct Outcome {
        var invoices: [ExpectedInvoice] = []
        /// Rows of periods, with what their accumulators must hold.
        var rows: [(row: StoredPeriod, tallies: [ChargeTally])] = []
        var differences: [Difference] = []
    }

    /// - Parameters:
    ///   - numbers: the invoices that are asked for; nil for all.
    ///   - rows: the stored periods that are asked for.
    init(
        _ subscription: SubscriptionRecord, _ history: CustomerHistory, _ catalog: CatalogHistory,
        invoices numbers: Set<Int64>? = nil, rows: [StoredPeriod] = []
    ) throws {
        let timeline = try Timeline(subscription, history, catalog)
        closes = history.closes[subscription.id] ?? []
        voids = history.voids
        var due: [Int64: Due] = [:]
        var cutoffs: [Int: Set<Int64>] = [:]
        for close in closes where numbers?.contains(close.number) ?? true {
            due[close.cutoff, default: Due()].closes.append(close)
            let base = closes.first { $0.number == close.corrects ?? close.number }
            guard base?.kind == .period, let index = timeline.index(startingAt: close.periodStart)
            else { continue }
            cutoffs[index, default: []].insert(close.cutoff)
        }
        for row in rows {
            guard let index = timeline.index(startingAt: row.start) else { continue }
            let last = timeline.periods[index].close?.cutoff ?? row.heldThrough
            due[last, default: Due()].rows.append(row)
            cutoffs[index, default: []].insert(last)
            guard let tried = row.triedThrough, let close = timeline.periods[index].close,
                tried > Self.billedThrough(close, closes)
            else { continue }
            due[tried, default: Due()].tried.append(index)
            cutoffs[index, default: []].insert(tried)
        }
        self.due = due
        books = Books(timeline, cutoffs: cutoffs, voids: voids)
    }

    var timeline: Timeline { books.timeline }

    /// The last record that a closed period's invoice or a correction of it has.
    func billedThrough(_ index: Int) -> Int64 {
        timeline.periods[index].close.map { Self.billedThrough($0, closes) } ?? 0
    }

    private static func billedThrough(_ close: CloseRecord, _ closes: [CloseRecord]) -> Int64 {
        closes.filter { $0.corrects == close.number }.map(\.cutoff).max() ?? close.cutoff
    }

    /// The records up to which something is asked, ascending.
    var cutoffs: [Int64] { due.keys.sorted() }

    /// Is told of everything that is counted.
    var observe: ((Books.Counting) -> Void)? {
        get { books.observe }
        set { books.observe = newValue }
    }

    /// Looks out for digests, by charge key, while the period that starts at an instant is added up.
    mutating func watch(_ digests: [String: Digest], of start: Instant) {
        if let index = timeline.index(startingAt: start) { books.watch(digests, of: index) }
    }

    /// Takes in the customer's next event.
    mutating func take(_ record: EventRecord, void: VoidRecord?) throws {
        try books.take(record, void: void)
    }

    /// What the books say once every event up to a cutoff was taken, and none after.
    ///
    /// - Parameter chain: the log's at the cutoff.
    mutating func reach(_ cutoff: Int64, chain: Digest) throws -> Outcome {
        var outcome = Outcome()
        var read: [Int: [ChargeTally]] = [:]
        for row in due[cutoff]?.rows ?? [] {
            guard let index = timeline.index(startingAt: row.start) else { continue }
            outcome.rows.append((row, tallies(of: index, at: cutoff, &read)))
        }
        for close in due[cutoff]?.closes ?? [] {
            do {
                let invoice = try invoice(close, chain, &read)
                if let invoice { outcome.invoices.append(invoice) }
            } catch {
                outcome.differences.append(try Difference(error, in: "invoice \(close.number)"))
            }
        }
        for index in due[cutoff]?.tried ?? [] {
            let tallies = tallies(of: index, at: cutoff, &read)
            do { try checkNothing(of: index, tallies, cutoff) } catch {
                let name = timeline.periods[index].opened.name
                outcome.differences.append(try Difference(error, in: "a correction of \(name)"))
            }
        }
        return outcome
    }

    /// - Parameter read: what was read at this cutoff already: the books forget it.
    private mutating func tallies(
        of index: Int, at cutoff: Int64, _ read: inout [Int: [ChargeTally]]
    ) -> [ChargeTally] {
        if let known = read[index] { return known }
        let tallies = books.tallies(of: index, at: cutoff)
        read[index] = tallies
        return tallies
    }
}

extension Account {
    private mutating func invoice(
        _ close: CloseRecord, _ chain: Digest, _ read: inout [Int: [ChargeTally]]
    ) throws -> ExpectedInvoice? {
        guard let period = timeline.priced[close.number] else { return nil }
        try check(close, of: period)
        let base = closes.first { $0.number == close.corrects ?? close.number } ?? close
        var lines: [Line]
        var correctedTallies: [ChargeTally]?
        if base.kind == .advance {
            lines = try period.advanceLines()
        } else if let index = timeline.index(startingAt: close.periodStart) {
            let tallies = tallies(of: index, at: close.cutoff, &read)
            lines = try Pricing(period: timeline.periods[index], tallies: tallies).lines()
            if close.corrects != nil { correctedTallies = tallies }
        } else {
            throw Difference(
                "invoice \(close.number) is of a period that is none", sequence: close.sequence)
        }
        if close.corrects != nil {
            lines = try (billed[base.number] ?? Billed()).correction(
                to: lines, of: base.invoiceId, period.plan.plan.currency)
            try expect(
                lines.isEmpty, false, "whether the correction \(close.number) has nothing to say",
                at: close.sequence)
        }
        try billed[base.number, default: Billed()].add(lines)
        return ExpectedInvoice(
            close: close, customer: try customer(of: close), terms: period.terms,
            span: period.span, lines: lines, chain: chain,
            corrects: close.corrects == nil ? nil : base.invoiceId,
            correctedTallies: correctedTallies)
    }

    /// A correction that came to nothing had nothing to say.
    private func checkNothing(
        of index: Int, _ tallies: [ChargeTally], _ cutoff: Int64
    ) throws {
        let period = timeline.periods[index]
        guard let close = period.close else { return }
        let lines = try (billed[close.number] ?? Billed()).correction(
            to: Pricing(period: period, tallies: tallies).lines(), of: close.invoiceId,
            period.plan.plan.currency)
        try expect(
            lines.map(\.id), [],
            "what a correction of the period \(period.opened.name) has to say at record \(cutoff)")
    }

    /// The customer as it stood when the close was written.
    private func customer(of close: CloseRecord) throws -> Customer {
        let record = timeline.customers.last { $0.sequence < close.sequence }
        guard let record else {
            throw Difference(
                "invoice \(close.number) is of no customer", sequence: close.sequence)
        }
        try expect(
            close.customerSequence, record.sequence, "the customer's record of \(close.number)",
            at: close.sequence)
        return record.customer
    }

    /// Kind and revision, and that it was not written before its time.
    private func check(_ close: CloseRecord, of period: Timeline.Period) throws {
        let earlier = closes.filter {
            $0.periodStart == close.periodStart && $0.sequence < close.sequence
        }
        let next = (earlier.map(\.revision).max() ?? -1) + 1
        let isLast = !hasOpenPeriod(at: close.sequence)
        let number = close.number
        let isEarly: Bool
        switch close.kind {
        case .period:
            try expect(close.revision, 0, "the revision of \(number)", at: close.sequence)
            isEarly = period.span.end + period.plan.plan.gracePeriod > close.recordedAt
        case .advance:
            // Not 0 where another plan billed the same period in advance before.
            try expect(close.revision, next, "the revision of \(number)", at: close.sequence)
            isEarly = period.span.start > close.recordedAt
        case .correction, .final:
            try expect(close.revision, next, "the revision of \(number)", at: close.sequence)
            try expect(
                close.kind, isLast ? .final : .correction, "the kind of \(number)",
                at: close.sequence)
            isEarly = false
        }
        try expect(
            isEarly, false, "whether \(number) was written before it was due", at: close.sequence)
        try expect(
            close.cutoff < close.sequence, true, "whether \(number) was written after its cutoff",
            at: close.sequence)
    }

    /// Whether a period was left to close when a record was written.
    private func hasOpenPeriod(at sequence: Int64) -> Bool {
        guard let last = timeline.periods.last, last.span.end == timeline.endsAt(at: sequence)
        else { return true }
        return last.close.map { $0.sequence > sequence } ?? true
    }
}

extension Account {
    /// The lines of a closed period with the records up to a cutoff that is not asked for else.
    ///
    /// - Parameter events: all of the customer's, with their voids.
    func lines(
        of index: Int, at cutoff: Int64, _ events: [VoidableEvent]
    ) throws -> [Line] {
        var books = Books(timeline, cutoffs: [index: [cutoff]], voids: voids)
        for event in events where event.record.sequence <= cutoff {
            try books.take(event.record, void: event.void)
        }
        return try Pricing(
            period: timeline.periods[index], tallies: books.tallies(of: index, at: cutoff)
        ).lines()
    }
}
