import Billing
import JSON
import Testing

/// A period of a subscription that is closed, for tests of its invoice.
struct Closing {
    private let plan: PlanVersion
    private let subscription: Subscription
    private let customer: Customer
    private(set) var span: PeriodSpan
    var kind = InvoiceKind.period
    var revision = 0
    /// Of a correction: the close that it corrects, then the corrections since.
    var earlier: [ClosedPeriod] = []

    /// - Parameters:
    ///   - aggregation: of every charge's meter.
    ///   - startsAt: when the subscription starts; at the period's start if left out.
    init(
        _ draft: InvoiceDraft, aggregation: Aggregation = .sum, start: String, end: String,
        startsAt: String? = nil
    ) throws {
        let plan = try draft.plan()
        let meters = try plan.usageCharges.map { _, usage in
            let json = """
                {"key":"\(usage.meter)","eventName":"call","aggregation":"\(aggregation.rawValue)",
                 "property":"value"}
                """
            return MeterVersion(meter: try Metering.meter(json), version: 1)
        }
        self.plan = PlanVersion(plan: plan, version: 3, meters: meters)
        span = PeriodSpan(start: try instant(start), end: try instant(end), timezone: .utc)
        let begins = try startsAt.map { try instant($0) } ?? span.start
        let schedule = PeriodSchedule(
            billingPeriod: plan.billingPeriod, startsAt: begins, zone: .utc)
        subscription = Subscription(
            id: try #require(Identifier("s")), customerId: try #require(Identifier("acme")),
            plan: self.plan.reference, startsAt: begins, endsAt: nil, anchor: schedule.anchor)
        let (value, issues) = try JSONText.field(
            #"""
            {"id":"acme","name":"Acme \"&\" Söhne","timezone":"UTC",
             "metadata":{"b":null,"a":[1.50]}}
            """#)
        let customer = Customer(value)
        try issues.throwIfAny()
        self.customer = try #require(customer)
    }

    /// The close that the log has of it.
    func period(_ accumulators: [Accumulator]) -> ClosedPeriod {
        ClosedPeriod(
            subscription: subscription, customer: customer, plan: plan, span: span,
            accumulators: accumulators,
            close: PeriodClose(
                kind: kind, revision: revision, cutoffSequence: 9,
                chain: Digest(hashing: Array("chain".utf8)), invoiceNumber: 42,
                closedAt: span.end + .seconds(300)), earlier: earlier)
    }

    func invoice(_ accumulators: [Accumulator]) throws -> Invoice {
        try InvoiceAssembly.invoice(period(accumulators))
    }

    /// The next correction of what was `billed`, on a period that ends at `end` where one is given.
    func correcting(
        _ billed: [ClosedPeriod], kind: InvoiceKind = .correction, end: String? = nil
    ) throws -> Closing {
        var correction = self
        correction.kind = kind
        correction.revision = billed.count
        correction.earlier = billed
        if let end {
            correction.span = PeriodSpan(
                start: span.start, end: try instant(end), timezone: span.timezone)
        }
        return correction
    }
}
