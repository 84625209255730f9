internal import Billing
package import FunctionKit
package import JSON
package import Ledger

/// Takes usage events, one or a batch, and counts each exactly once.
package struct IngestEvent: Function {
    package static let name = "ingestEvent"

    /// How far ahead of the clock an event may be dated.
    private static let maximumAhead = Duration.seconds(24 * 3600)

    private let ledger: any EventLedger & CatalogLedger

    package init(ledger: any EventLedger & CatalogLedger) { self.ledger = ledger }

    package func handle(
        _ input: IngestInput, _ context: FunctionContext
    ) async throws -> IngestResult {
        guard input.items.count <= Limits.eventsPerRequest else {
            throw Problem(
                .bodyTooLarge,
                "a request takes at most \(Limits.eventsPerRequest) events; send several requests")
        }
        let catalog = ledger.catalog
        let items = input.items.map {
            $0.validated(against: catalog, latest: context.now + Self.maximumAhead)
        }
        let outcomes = try await ledger.append(items.compactMap(\.event), at: context.now)
        let result = IngestResult(items, outcomes)
        if input.isSingle { try result.throwUnlessTaken(items) }
        return result
    }
}

/// One event or `{events: [...]}`; each event is read by itself, so that a bad one fails alone.
package struct IngestInput: FunctionInput {
    let items: [IngestItem]
    let isSingle: Bool

    package init?(_ value: FieldValue) {
        isSingle = value.node.member("events") == nil
        if isSingle {
            items = [IngestItem(value.node)]
            return
        }
        guard var reader = value.object() else { return nil }
        let elements = reader.required("events")?.array()
        reader.refuseUnknown()
        guard let elements else { return nil }
        items = elements.map { IngestItem($0.node) }
    }
}

/// An event of a request: good, or what is wrong with it.
struct IngestItem: Sendable {
    let customerEventId: String?
    let event: UsageEvent?
    let issues: [FieldIssue]

    init(_ node: JSONNode) {
        let issues = FieldIssues()
        let event = UsageEvent(FieldValue(node, issues: issues))
        let id = node.member("customerEventId")
        self.init(
            id: event?.customerEventId.string ?? (id?.kind == .string ? id?.string : nil),
            event: issues.all.isEmpty ? event : nil, issues: issues.all)
    }

    private init(id: String?, event: UsageEvent?, issues: [FieldIssue]) {
        customerEventId = id
        self.event = event
        self.issues = issues
    }

    /// The same, rejected where the event is dated too far ahead or a meter cannot read it.
    func validated(against catalog: CatalogBook, latest: Instant) -> IngestItem {
        guard let event else { return self }
        var issues: [FieldIssue] = []
        if event.timestamp > latest {
            issues.append(
                FieldIssue(
                    pointer: "/timestamp", detail: "lies more than 24 hours ahead of the clock",
                    severity: .meaningless))
        }
        for meter in catalog.meters(for: event.eventName) {
            do throws(MeterReadingError) { _ = try meter.read(event) } catch {
                issues.append(
                    FieldIssue(
                        pointer: "/properties",
                        detail: "\(error.detail) (meter \"\(meter.key)\")",
                        severity: .meaningless))
            }
        }
        guard !issues.isEmpty else { return self }
        return IngestItem(id: customerEventId, event: nil, issues: issues)
    }
}
