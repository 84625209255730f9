internal import Billing
package import FunctionKit
package import JSON
package import Ledger

/// Prices usage that the caller gives: under one price, or under a whole plan of the catalog.
package struct PriceUsage: Function {
    package static let name = "priceUsage"
    package static let scope = AccessScope.read

    private let ledger: any CatalogLedger

    package init(ledger: any CatalogLedger) { self.ledger = ledger }

    package struct Input: FunctionInput {
        enum Subject: Sendable {
            case price(Price, Currency, PricedUsage)
            /// What was used of each meter is read once the plan is known.
            case plan(key: String, version: Int?, usage: JSONNode)
        }

        let subject: Subject

        package init?(_ value: FieldValue) {
            guard var reader = value.object() else { return nil }
            if let plan = reader.optional("plan") {
                let key = plan.key()
                let version = reader.optional("version")?.integer(in: 1...Int(Int32.max))
                let usage = reader.required("usage")
                reader.refuseUnknown()
                // Its form first: what is malformed is so whatever the plan.
                guard let key, let usage, usage.givenUsages() != nil else { return nil }
                subject = .plan(key: key, version: version, usage: usage.node)
            } else {
                let currency = reader.required("currency")?.currency()
                let price = reader.required("price").flatMap(Price.init)
                let given = reader.required("usage").flatMap(GivenUsage.init)
                let usage = price.flatMap { price in given.flatMap { price.usage($0) } }
                reader.refuseUnknown()
                guard let currency, let price, let usage else { return nil }
                subject = .price(price, currency, usage)
            }
        }
    }

    package func handle(_ input: Input, _ context: FunctionContext) async throws -> PricedResult {
        switch input.subject {
        case .price(let price, let currency, let usage):
            let quote = try price.quote(usage, withMinimum: true)
            return PricedResult(
                amount: try currency.rounded(quote.unroundedAmount),
                unroundedAmount: quote.unroundedAmount, currency: currency,
                breakdown: quote.breakdown, lines: nil)
        case .plan(let key, let version, let usage):
            guard let plan = ledger.catalog.plan(key, version: version) else {
                throw Problem(
                    .notFound,
                    "there is no plan \"\(key)\"" + (version.map { " of version \($0)" } ?? ""))
            }
            return try PricedResult(plan, usage)
        }
    }
}

/// An amount and how it came about; for a plan, line by line too.
package struct PricedResult: JSONWritable, Sendable {
    let amount: ExactDecimal
    let unroundedAmount: Fraction
    let currency: Currency
    let breakdown: [BreakdownEntry]
    let lines: [InvoiceLine]?

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("amount", amount.padded)
            writer.member("unroundedAmount", unroundedAmount)
            writer.member("currency", currency)
            writer.member("breakdown", each: breakdown)
            guard let lines else { return }
            writer.key("lines")
            writer.array { writer in
                for line in lines { Self.write(line, to: &writer) }
            }
        }
    }

    private static func write(_ line: InvoiceLine, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("id", line.id)
            writer.member("type", line.kind.rawValue)
            if let quantity = line.quantity { writer.member("quantity", quantity) }
            writer.member("amount", line.amount.padded)
            writer.member("unroundedAmount", line.unroundedAmount)
            writer.member("breakdown", each: line.breakdown)
        }
    }
}

extension PricedResult {
    /// Prices a whole period of `plan`; a meter that is not named was not used.
    init(_ plan: PlanVersion, _ usage: JSONNode) throws {
        let issues = FieldIssues()
        let used = plan.usages(
            FieldValue(usage, path: .member(.root, "usage"), issues: issues))
        try issues.throwIfAny()
        let assembly = LineAssembly(plan: plan.plan, share: .one)
        let lines =
            try assembly.advanceLines()
            + assembly.lines(used.map { LineUsage(priced: $0, quantity: try $0.quantity) })
        var unrounded = Fraction.zero
        for line in lines { unrounded = try unrounded + line.unroundedAmount }
        self.init(
            amount: try plan.plan.currency.sum(lines.map(\.amount)), unroundedAmount: unrounded,
            currency: plan.plan.currency, breakdown: lines.flatMap(\.breakdown), lines: lines)
    }
}

extension PlanVersion {
    /// Reads `{METER: {quantity} | {amounts}…}`.
    ///
    /// - Returns: the usage of each usage charge, in the plan's order.
    fileprivate func usages(_ value: FieldValue) -> [PricedUsage] {
        var given: [String: GivenUsage] = [:]
        for (field, usage) in value.givenUsages() ?? [] {
            guard let meter = meters.first(where: { $0.meter.key == field.node.key })?.meter else {
                field.note("is not a meter of plan \"\(plan.key)\"")
                continue
            }
            given[meter.key] = field.usage(usage, of: meter)
        }
        return plan.usageCharges.map { _, usage in
            given[usage.meter].flatMap { usage.price.usage($0) } ?? usage.price.noUsage
        }
    }
}

extension FieldValue {
    /// What is given for each meter, whatever the meters are; nil where the form is wrong.
    fileprivate func givenUsages() -> [(field: FieldValue, usage: GivenUsage)]? {
        guard node.kind == .object else {
            return issue("must be an object with a member for each meter", .malformed)
        }
        let fields = node.children.filter { !$0.isNull }.map {
            FieldValue($0, path: .named(path, $0.key), issues: issues)
        }
        let given = fields.compactMap { field in GivenUsage(field).map { (field, $0) } }
        return given.count == fields.count ? given : nil
    }

    /// Amounts can stand for a meter's quantity only where the meter adds them up.
    fileprivate func usage(_ given: GivenUsage, of meter: Meter) -> GivenUsage? {
        guard case .amounts = given.content, meter.aggregation != .sum else { return given }
        return issue("meter \"\(meter.key)\" is a \(meter.aggregation): give its quantity")
    }
}

extension Price {
    fileprivate var noUsage: PricedUsage {
        model.kind.takesTransactions ? .transactions(TransactionFees()) : .quantity(.zero)
    }
}
