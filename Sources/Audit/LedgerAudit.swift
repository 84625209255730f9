internal import Billing
internal import SQLite

/// Recomputes a whole ledger from its log, in one pass over it, and compares what is stored.
///
/// What is kept meanwhile: each customer's records that are no events, one tally for each charge of
/// a period that is asked about and not through, and a digest for each value of `unique`.
package struct LedgerAudit {
    let file: LedgerFile
    let invoices: StoredInvoice.Reader
    let subscriptions: StoredSubscriptions
    let periods: StoredPeriods
    let closes: StoredCloses
    let voids: StoredVoids
    let settlements: StoredSettlements
    var passes: [ClosingPass]
    var report = LedgerReport()
    var accounts: [Account] = []
    /// By account, the rows of closed periods whose late events nobody bills.
    var ignoring: [Int: [StoredPeriod]] = [:]
    var customers: [Identifier: CustomerAccounts] = [:]
    /// The last record that an invoice vouches for.
    var anchored: Int64 = 0
    /// Which account is asked what it comes to after which record; the last first.
    var agenda: [(cutoff: Int64, account: Int)] = []

    /// A customer's accounts, and the voids that its events are held against.
    struct CustomerAccounts {
        let accounts: Range<Int>
        let voids: [VoidRecord]
        let voidsByEvent: [Identifier: Int]
        /// Voids whose event was not met yet.
        var openVoids: Set<Int64>
        /// Kept where passes are checked.
        var events: [VoidableEvent] = []
    }

    init(_ file: LedgerFile, _ passes: [ClosingPass] = []) throws {
        self.file = file
        invoices = try StoredInvoice.Reader(file)
        subscriptions = try StoredSubscriptions(file)
        periods = try StoredPeriods(file)
        closes = try StoredCloses(file)
        voids = try StoredVoids(file)
        settlements = try StoredSettlements(file)
        self.passes = passes
    }

    /// Audits a ledger.
    ///
    /// - Parameters:
    ///   - path: of its file, which a server may have open.
    ///   - passes: by their instant, all calls of `closePeriod`, where somebody knows of them: then
    ///     it is checked as well that each did all that was due.
    ///   - progress: is told how many records of how many were read.
    /// - Throws: `UnreadableLedger`.
    package static func run(
        _ path: String, passes: [ClosingPass] = [],
        progress: (_ records: Int64, _ of: Int64) -> Void = { _, _ in }
    ) throws -> LedgerReport {
        try LedgerFile.reading(path) { file in
            var audit = try LedgerAudit(file, passes)
            return try audit.run(progress)
        }
    }

    mutating func run(_ progress: (Int64, Int64) -> Void = { _, _ in }) throws -> LedgerReport {
        try openAccounts()
        try readLog(progress)
        try finish()
        return report
    }
}

extension LedgerAudit {
    /// Reads what is no event, and opens an account for each subscription.
    private mutating func openAccounts() throws {
        let catalog: CatalogHistory
        do { catalog = try file.catalog() } catch {
            return report.add(try Difference(error, in: "the catalog"))
        }
        var closes: [CloseRecord] = []
        var last: Identifier?
        while let customer = try file.customer(after: last) {
            last = customer
            do { closes += try open(customer, catalog) } catch {
                report.add(try Difference(error, in: "customer \(customer)"))
            }
        }
        for close in closes { report.invoices[close.kind, default: 0] += 1 }
        // Where one customer cannot be read its numbers are not known.
        if report.isClean { checkNumbers(closes) }
        if report.isClean, try periods.count() != Int64(report.periods), try file.isStill() {
            report.add(Difference("the table period has rows that are of no subscription"))
        }
        agenda.sort { ($0.cutoff, $0.account) > ($1.cutoff, $1.account) }
    }

    /// - Returns: what was closed.
    private mutating func open(
        _ customer: Identifier, _ catalog: CatalogHistory
    ) throws -> [CloseRecord] {
        let history = try CustomerHistory(of: customer, in: file, catalog)
        report.customers += 1
        report.voids += history.voids.count
        let first = accounts.count
        for subscription in history.subscriptions {
            report.subscriptions += 1
            do { try open(subscription, history, catalog) } catch {
                report.add(try Difference(error, in: "subscription \(subscription.id)"))
            }
        }
        customers[customer] = CustomerAccounts(
            accounts: first..<accounts.count, voids: history.voids,
            voidsByEvent: history.voidsByEvent, openVoids: Set(history.voids.map(\.sequence)))
        return history.closes.values.flatMap(\.self)
    }

    private mutating func open(
        _ subscription: SubscriptionRecord, _ history: CustomerHistory, _ catalog: CatalogHistory
    ) throws {
        let rows = try periods.rows(of: subscription.id)
        let account = try Account(subscription, history, catalog, rows: rows)
        for difference in try account.differences(of: rows, periods) { report.add(difference) }
        let difference = try subscriptions.difference(from: account.timeline, periods)
        if let difference { report.add(difference) }
        for cutoff in account.cutoffs { agenda.append((cutoff, accounts.count)) }
        let ignoring = rows.filter { account.ignoresLate(in: $0) }
        if !ignoring.isEmpty { self.ignoring[accounts.count] = ignoring }
        report.periods += rows.count
        accounts.append(account)
    }

    /// The series has no gap and follows the log.
    private mutating func checkNumbers(_ closes: [CloseRecord]) {
        for (index, close) in closes.sorted(by: { $0.sequence < $1.sequence }).enumerated()
        where close.number != Int64(index + 1) {
            return report.add(
                Difference(
                    "the number in record \(close.sequence) is \(close.number), and it must be "
                        + "\(index + 1)", sequence: close.sequence))
        }
    }
}
