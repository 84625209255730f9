internal import Billing
package import FunctionKit
package import JSON
package import Ledger

/// What a subscription has used and costs so far in one period, every event answered included; or
/// what happened in each window of a span.
package struct QueryUsage: Function {
    package static let name = "queryUsage"
    package static let scope = AccessScope.read

    /// Spans and windows are added up from the events one by one.
    package static func isLong(_ request: JSONNode) -> Bool {
        request.member("window") != nil || request.member("from") != nil
    }

    private let ledger: any EventLedger

    package init(ledger: any EventLedger) { self.ledger = ledger }

    package func handle(_ input: UsageInput, _ context: FunctionContext) async throws -> UsageAnswer
    {
        guard input.window == nil, input.between == nil else {
            let series = try await ledger.series(input.series(at: context.now))
            return .series(try UsageSeriesReport(series, input))
        }
        let instant = input.at ?? context.now
        var usage = try await ledger.usage(of: input.subscriptionId, at: instant)
        if let groupBy = input.groupBy, !usage.isGrouped(by: groupBy, input.meters) {
            usage = try await ledger.usage(
                of: input.subscriptionId, at: instant, groupedBy: groupBy)
        }
        return .period(try UsageReport(usage, input))
    }
}

/// What `queryUsage` is asked.
package struct UsageInput: FunctionInput {
    let subscriptionId: Identifier
    let at: Instant?
    let between: Range<Instant>?
    /// nil takes all that the plan charges.
    let meters: Set<String>?
    let window: UsageWindow?
    let groupBy: [PropertyPath]?
    let ratio: UsageRatio?

    package init?(_ value: FieldValue) {
        guard var reader = value.object() else { return nil }
        let subscriptionId = reader.required("subscriptionId")?.identifier()
        let atField = reader.optional("at")
        at = atField?.instant()
        between = reader.span(besides: atField)
        let meterField = reader.optional("meter")
        let meter = meterField?.key()
        window = reader.optional("window")?.choice()
        groupBy = reader.optional("groupBy")?.properties()
        ratio = reader.optional("ratio").flatMap(UsageRatio.init)
        reader.refuseUnknown()
        if ratio != nil { meterField?.note("has no place beside a ratio, which names two meters") }
        meters = ratio.map { [$0.of, $0.over] } ?? meter.map { [$0] }
        guard let subscriptionId else { return nil }
        self.subscriptionId = subscriptionId
    }

    fileprivate func series(at now: Instant) -> SeriesQuery {
        SeriesQuery(
            subscriptionId: subscriptionId,
            span: between.map { .between($0) } ?? .period(at ?? now),
            window: window, meters: meters, groupBy: groupBy ?? [])
    }

    /// - Throws: `Problem(.notFound)` for a meter that is asked for and not in `known`.
    func require(_ known: [String], _ owner: String) throws(Problem) {
        for meter in (meters ?? []).sorted() where !known.contains(meter) {
            throw Problem(.notFound, "\(owner) charges no meter \"\(meter)\"")
        }
    }
}

extension FieldReader {
    /// `from` and `to`: both or none of them, and not with `at`.
    fileprivate mutating func span(besides at: FieldValue?) -> Range<Instant>? {
        let fields = (from: optional("from"), to: optional("to"))
        let (from, to) = (fields.from?.instant(), fields.to?.instant())
        guard fields.from != nil || fields.to != nil else { return nil }
        at?.note("has no place beside from and to")
        if fields.from == nil { fields.to?.note("needs from, too") }
        if fields.to == nil { fields.from?.note("needs to, too") }
        guard let from, let to else { return nil }
        guard from < to else {
            fields.to?.note("must be after from")
            return nil
        }
        return from..<to
    }
}

extension FieldValue {
    fileprivate func properties() -> [PropertyPath]? {
        let paths = array(limit: BillingLimits.groupProperties) { $0.propertyPath() }
        guard paths?.isEmpty == true else { return paths }
        return issue("must name a property")
    }
}

extension PeriodUsage {
    /// Whether the meters that are asked for split their usage by just these properties already.
    fileprivate func isGrouped(by groupBy: [PropertyPath], _ meters: Set<String>?) -> Bool {
        plan.meters.allSatisfy { version in
            version.meter.groupBy == groupBy || !(meters?.contains(version.meter.key) ?? true)
        }
    }
}

/// What `queryUsage` answers.
package enum UsageAnswer: JSONWritable, Sendable {
    case period(UsageReport)
    case series(UsageSeriesReport)

    package func write(to writer: inout JSONWriter) {
        switch self {
        case .period(let report): writer.value(report)
        case .series(let report): writer.value(report)
        }
    }
}
