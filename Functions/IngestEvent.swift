internal import Billing
package import FunctionKit
package import JSON
package import Ledger

/// Takes usage events, one or a batch, and counts each exactly once.
package struct IngestEvent: Function {
    package static let name = "ingestEvent"
    package static let scope = AccessScope.ingest

    /// How far ahead of the clock an event may be dated.
    private static let maximumAhead = Duration.seconds(24 * 3600)

    private let ledger: any EventLedger

    package init(ledger: any EventLedger) { self.ledger = ledger }

    package func handle(
        _ input: IngestInput, _ context: FunctionContext
    ) async throws -> IngestResult {
        guard input.count <= Limits.eventsPerRequest else {
            throw Problem(
                .bodyTooLarge,
                "a request takes at most \(Limits.eventsPerRequest) events; send several requests")
        }
        let batch = await EventBatch.reading(input.events).dated(
            until: context.now + Self.maximumAhead)
        let outcomes = try await ledger.append(batch.events, at: context.now)
        let result = IngestResult(batch, outcomes)
        if input.isSingle { try result.throwUnlessTaken() }
        return result
    }
}

/// One event or `{events: [...]}`; each event is read by itself, so that a bad one fails alone.
package struct IngestInput: FunctionInput {
    let events: [JSONNode]
    let count: Int
    let isSingle: Bool

    /// A fault inside an event of a batch is that event's.
    package static func fault(of request: JSONDocument) -> JSONError? {
        guard let fault = request.fault else { return nil }
        guard request.root.fault == .within, let events = request.root.member("events"),
            events.fault == .within, events.kind == .array,
            request.root.children.allSatisfy({ $0.fault == nil || $0.index == events.index })
        else { return fault }
        return nil
    }

    package init?(_ value: FieldValue) {
        isSingle = value.node.member("events") == nil
        if isSingle {
            count = 1
            events = [value.node]
            return
        }
        guard var reader = value.object() else { return nil }
        let field = reader.required("events")
        reader.refuseUnknown()
        guard let field else { return nil }
        guard field.node.kind == .array else {
            field.note("must be an array", .malformed)
            return nil
        }
        // More are refused unread: an empty event is three bytes, and what is wrong with it many.
        count = field.node.count
        events = count > Limits.eventsPerRequest ? [] : Array(field.node.children)
    }
}

extension EventBatch {
    /// The same without the events that are dated after `latest`.
    fileprivate func dated(until latest: Instant) -> EventBatch {
        guard events.contains(where: { $0.timestamp > latest }) else { return self }
        let issue = FieldIssue(
            pointer: "/timestamp", detail: "lies more than 24 hours ahead of the clock",
            severity: .meaningless)
        let ahead = events.filter { $0.timestamp > latest }.map { event in
            EventFault(
                index: event.index, customerEventId: event.customerEventId.string,
                issues: [issue])
        }
        return EventBatch(
            events: events.filter { $0.timestamp <= latest },
            faults: (faults + ahead).sorted { $0.index < $1.index })
    }
}
