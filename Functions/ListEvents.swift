internal import Billing
package import FunctionKit
package import JSON
package import Ledger

/// Lists a customer's events in the order in which they came.
package struct ListEvents: Function {
    package static let name = "listEvents"
    package static let scope = AccessScope.read

    private let ledger: any RecordLedger

    package init(ledger: any RecordLedger) { self.ledger = ledger }

    package struct Input: FunctionInput {
        let query: EventQuery

        package init?(_ value: FieldValue) {
            guard var reader = value.object() else { return nil }
            let customerId = reader.required("customerId")?.identifier()
            let from = reader.optional("from")?.instant()
            let end = reader.optional("to")
            let to = end?.instant()
            if let from, let to, from >= to { end?.note("must be after from") }
            let eventName = reader.optional("eventName")?.identifier()
            let page = PageRequest(&reader)
            reader.refuseUnknown()
            guard let customerId else { return nil }
            query = EventQuery(
                customerId: customerId, from: from, to: to, eventName: eventName,
                cursor: page.cursor, limit: page.limit)
        }
    }

    package func handle(
        _ input: Input, _ context: FunctionContext
    ) async throws -> Listing<LoggedRecord> {
        Listing(try await ledger.events(input.query)) { event, writer in writer.value(event) }
    }
}
