internal import Billing
package import FunctionKit
package import JSON
package import Ledger

/// Prices the recorded usage of a period under another plan, next to what was billed.
///
/// Nothing is stored. The plan may be one of the catalog, or a plan of the request's own over
/// meters of the catalog; its meters need not have counted anything for this subscription. Both
/// sides are of the same records, so that the period's own plan makes no difference.
package struct SimulateInvoice: Function {
    package static let name = "simulateInvoice"
    package static let scope = AccessScope.read

    package static func isLong(_ request: JSONNode) -> Bool { true }

    private let ledger: any CatalogLedger & PreviewLedger

    package init(ledger: any CatalogLedger & PreviewLedger) { self.ledger = ledger }

    package struct Input: FunctionInput {
        let subscriptionId: Identifier
        let periodStart: Instant
        let plan: SimulatedPlan

        package init?(_ value: FieldValue) {
            guard var reader = value.object() else { return nil }
            let subscriptionId = reader.required("subscriptionId")?.identifier()
            let periodStart = reader.required("periodStart")?.instant()
            let plan = reader.required("plan").flatMap(SimulatedPlan.init)
            reader.refuseUnknown()
            guard let subscriptionId, let periodStart, let plan else { return nil }
            self.subscriptionId = subscriptionId
            self.periodStart = periodStart
            self.plan = plan
        }
    }

    package func handle(
        _ input: Input, _ context: FunctionContext
    ) async throws -> SimulationResult {
        let simulation = Simulation(
            subscriptionId: input.subscriptionId, periodStart: input.periodStart,
            plan: try input.plan.version(in: ledger.catalog))
        return try SimulationResult(try await ledger.simulate(simulation, at: context.now))
    }
}

/// The plan to simulate: one of the catalog, by its key, or one that the request brings.
enum SimulatedPlan: Sendable {
    case newest(String)
    case given(Plan)

    init?(_ value: FieldValue) {
        switch value.node.kind {
        case .string:
            guard let key = value.key() else { return nil }
            self = .newest(key)
        case .object:
            guard let plan = Plan(value) else { return nil }
            self = .given(plan)
        default:
            value.note("must be a plan or a plan's key", .malformed)
            return nil
        }
    }

    /// The plan with its meters; a given one as the catalog would have it once it is applied.
    func version(in catalog: CatalogBook) throws -> PlanVersion {
        switch self {
        case .newest(let key):
            guard let version = catalog.plan(key) else {
                throw Problem(.notFound, "there is no plan \"\(key)\"")
            }
            return version
        case .given(let plan):
            var next = catalog
            do throws(CatalogFaults) {
                _ = try next.apply(Catalog(meters: [], plans: [plan]))
            } catch { throw InvalidFields(error.all.map(FieldIssue.init(ofGivenPlan:))) }
            guard let version = next.plan(plan.key) else {
                throw Problem(.internalError, "the plan was read and cannot be found")
            }
            return version
        }
    }
}

extension FieldIssue {
    /// A fault of the catalog's only plan, which stands at `/plan` in the request.
    fileprivate init(ofGivenPlan fault: CatalogFault) {
        self.init(
            pointer: "/plan" + fault.pointer.dropFirst("/plans/0".count),
            detail: fault.description, severity: .meaningless)
    }
}

/// `{billed, simulated, billedTotal, simulatedTotal, difference}`.
///
/// `billed` are all invoices of the period, those that are still to come as previews, and
/// `simulated` those that the other plan would have brought. `difference` is how much more that
/// is; null where the currencies are not the same.
package struct SimulationResult: JSONWritable, Sendable {
    private let billed: [Invoice]
    private let simulated: [Invoice]
    private let billedTotal: ExactDecimal?
    private let simulatedTotal: ExactDecimal?
    private let difference: ExactDecimal?

    init(_ period: SimulatedPeriod) throws(ArithmeticError) {
        billed =
            try Self.invoices(period.billed, .finalized) + Self.invoices(period.running, .preview)
        simulated = try Self.invoices(period.simulated, .simulated)
        billedTotal = try Self.total(billed)
        simulatedTotal = try Self.total(simulated)
        guard let billedTotal, let simulatedTotal,
            billed.first?.currency == simulated.first?.currency
        else {
            difference = nil
            return
        }
        difference = try simulatedTotal - billedTotal
    }

    private static func invoices(
        _ periods: [ClosedPeriod], _ status: InvoiceStatus
    ) throws(ArithmeticError) -> [Invoice] {
        var invoices: [Invoice] = []
        for period in periods {
            invoices.append(try InvoiceAssembly.invoice(period, as: status))
        }
        return invoices
    }

    /// nil where they are not of one currency.
    private static func total(_ invoices: [Invoice]) throws(ArithmeticError) -> ExactDecimal? {
        guard let currency = invoices.first?.currency,
            invoices.allSatisfy({ $0.currency == currency })
        else { return nil }
        return try currency.sum(invoices.map(\.total))
    }

    package func write(to writer: inout JSONWriter) {
        func write(_ amount: ExactDecimal?) {
            if let amount { writer.string(amount.padded) } else { writer.null() }
        }
        writer.beginObject()
        writer.member("billed", each: billed)
        writer.member("simulated", each: simulated)
        writer.key("billedTotal")
        write(billedTotal)
        writer.key("simulatedTotal")
        write(simulatedTotal)
        writer.key("difference")
        write(difference)
        writer.endObject()
    }
}
