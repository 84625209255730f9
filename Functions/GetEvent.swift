internal import Billing
package import FunctionKit
package import JSON
package import Ledger

/// Gives one event as it was recorded.
package struct GetEvent: Function {
    package static let name = "getEvent"
    package static let scope = AccessScope.read

    private let ledger: any RecordLedger

    package init(ledger: any RecordLedger) { self.ledger = ledger }

    package struct Input: FunctionInput {
        let customerId: Identifier
        let customerEventId: Identifier

        package init?(_ value: FieldValue) {
            guard var reader = value.object() else { return nil }
            let customerId = reader.required("customerId")?.identifier()
            let customerEventId = reader.required("customerEventId")?.identifier()
            reader.refuseUnknown()
            guard let customerId, let customerEventId else { return nil }
            self.customerId = customerId
            self.customerEventId = customerEventId
        }
    }

    package func handle(_ input: Input, _ context: FunctionContext) async throws -> LoggedRecord {
        let event = try await ledger.event(input.customerEventId, of: input.customerId)
        guard let event else {
            throw Problem(
                .notFound,
                "customer \"\(input.customerId)\" has no event \"\(input.customerEventId)\"")
        }
        return event
    }
}
