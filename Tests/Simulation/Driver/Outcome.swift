import Audit
import Billing

/// What runs came to.
struct Outcome: CustomStringConvertible {
    private(set) var invoices: [InvoiceKind: Int] = [:]
    private(set) var events = 0
    private(set) var lateEvents = 0
    private(set) var voids = 0
    private(set) var crashes = 0

    init() {}

    init(_ report: LedgerReport, crashes: Int) {
        invoices = report.invoices
        events = report.events
        lateEvents = report.lateEvents
        voids = report.voids
        self.crashes = crashes
    }

    mutating func add(_ other: Outcome) {
        invoices.merge(other.invoices, uniquingKeysWith: +)
        events += other.events
        lateEvents += other.lateEvents
        voids += other.voids
        crashes += other.crashes
    }

    var description: String {
        let kinds = InvoiceKind.allCases.map { "\(invoices[$0] ?? 0) \($0)" }
        return "invoices: \(kinds.joined(separator: ", ")); \(events) events, "
            + "\(lateEvents) late, \(voids) voids, \(crashes) crashes"
    }
}
