package import Billing
package import JSON

/// What the audit of a whole ledger came to.
package struct LedgerReport: Sendable, JSONWritable {
    /// Records of the log.
    package var records: Int64 = 0
    package var events = 0
    /// Events that came after the close of their period, once for each subscription.
    package var lateEvents = 0
    package var voids = 0
    package var customers = 0
    package var subscriptions = 0
    /// Rows of periods, and those of them whose accumulators were compared.
    package var periods = 0
    package var accumulators = 0
    /// Invoices that the log calls for, by their kind; and how many are yet to be written.
    package var invoices: [InvoiceKind: Int] = [:]
    package var waitingInvoices = 0
    /// The first of them.
    package private(set) var differences: [Difference] = []
    package private(set) var differenceCount = 0

    package var isClean: Bool { differenceCount == 0 }

    mutating func add(_ difference: Difference) {
        differenceCount += 1
        if differences.count < AuditLimits.differences { differences.append(difference) }
    }

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("verified", isClean)
            writer.member("records", records)
            writer.member("events", events)
            writer.member("lateEvents", lateEvents)
            writer.member("voids", voids)
            writer.member("customers", customers)
            writer.member("subscriptions", subscriptions)
            writer.member("periods", periods)
            writer.member("accumulators", accumulators)
            writer.key("invoices")
            writer.object { writer in
                for kind in InvoiceKind.allCases {
                    writer.key(Array(kind.rawValue.utf8))
                    writer.number(invoices[kind] ?? 0)
                }
            }
            writer.member("waitingInvoices", waitingInvoices)
            writer.member("differenceCount", differenceCount)
            writer.member("differences", each: differences)
        }
    }
}
