import Foundation
import JSON

/// Compares what the server says with what must be, and prints both.
struct DemoChecks {
    private let client: FunctionClient
    private let records: [UsageRecord]
    private var invoiceBodies: [[UInt8]] = []
    private(set) var disagreements: [String] = []

    init(client: FunctionClient, records: [UsageRecord]) {
        self.client = client
        self.records = records
    }

    private mutating func expect(_ holds: Bool, _ otherwise: @autoclosure () -> String) {
        if !holds { disagreements.append(otherwise()) }
    }

    /// Every event counted once, whatever was sent twice.
    mutating func ingest(_ feed: Feed) {
        var expected = feed.sent
        // Before the month's first instant nobody has a subscription.
        expected.unbilled = records.count { record in
            DemoCustomer.all.contains {
                $0.id == record.customerId && record.microseconds < $0.month.lowerBound
            }
        }
        expect(
            feed.answered == expected, "ingest: answered \(feed.answered), expected \(expected)")
        let answered = feed.answered
        print(
            """

            Accepted \(answered.accepted), once each.
              \(answered.duplicates) were sent twice: recognised as duplicates, not counted again.
              \(answered.conflicts) came again with another content: refused, nothing changed.
              \(answered.unbilled) lie a microsecond before a subscription's start: kept, not billed.
            """)
    }

    /// Every invoice against the recount.
    mutating func invoices() async throws {
        let list = try await client.result("listInvoices", #"{"limit":1000}"#)
        var remaining = list.elements("items")
        for customer in DemoCustomer.all {
            let own = records.filter { $0.customerId == customer.id }
            for plan in customer.plans {
                let recount = Recount(customer, plan, own)
                guard
                    let index = remaining.firstIndex(where: {
                        $0.text("subscriptionId") == recount.subscriptionId
                    })
                else {
                    expect(false, "\(recount.subscriptionId) has no invoice")
                    continue
                }
                let invoice = remaining.remove(at: index)
                let differences = recount.differences(from: invoice)
                disagreements += differences
                for line in InvoiceTable(invoice: invoice).lines { print(line) }
                let verdict = differences.isEmpty ? "agrees in every figure" : "DIFFERS"
                print("  recount: \(verdict)")
                invoiceBodies.append(
                    try await client.call(
                        "getInvoice", #"{"id":"\#(invoice.text("id"))"}"#.utf8))
            }
        }
        expect(remaining.isEmpty, "\(remaining.count) invoices that nobody expected")
    }

    /// Doing everything again changes nothing.
    mutating func repeats() async throws {
        let closed = try await client.result("closePeriod", "{}")
        expect(closed.elements("closed").isEmpty, "closing again closed something again")
        for body in invoiceBodies {
            let invoice = try JSONDocument.parse(body).root
            let start = invoice.member("period")?.text("start") ?? ""
            let again = try await client.call(
                "generateInvoice",
                #"{"subscriptionId":"\#(invoice.text("subscriptionId"))","periodStart":"\#(start)"}"#
                    .utf8)
            expect(again == body, "generating \(invoice.text("number")) again gave other bytes")
        }
        print("\nClosing and generating again changed nothing: the same bytes for every invoice.")
    }

    /// One `invoice.finalized` for each invoice, signed, with the invoice's own bytes inside.
    mutating func webhooks(_ receiver: WebhookReceiver, within limit: Duration) async throws {
        let wanted = invoiceBodies.count
        print("\nWaiting for webhooks; the receiver refused the first invoice on purpose ...")
        _ = try await waitFor("\(wanted) signed webhooks", within: limit) {
            let count = Set(receiver.messages.filter { $0.isInvoice }.map(\.id)).count
            return count >= wanted ? true : nil
        }
        let invoices = receiver.messages.filter(\.isInvoice)
        expect(receiver.forged.isEmpty, "\(receiver.forged.count) webhooks had a bad signature")
        expect(receiver.refused == 1, "\(receiver.refused) refusals instead of 1")
        expect(invoices.count == wanted, "\(invoices.count) messages for \(wanted) invoices")
        for body in invoiceBodies {
            expect(
                invoices.contains { Data($0.body).range(of: Data(body)) != nil },
                "an invoice was not delivered as it stands")
        }
        let deliveries = try await client.result("listWebhookDeliveries", #"{"limit":1000}"#)
        let attempts = deliveries.elements("items").reduce(0) { $0 + $1.integer("attempts") }
        let other = receiver.messages.count - invoices.count
        print(
            """
            Delivered \(invoices.count) invoices and \(other) other messages in \(attempts) \
            attempts, each signature verified; what was refused came again.
            """)
    }

    func conclude() {
        guard disagreements.isEmpty else { return }
        print(
            """

            Every figure agrees with an independent recount of the \(records.count) events.
            """)
    }
}
