internal import Billing
package import FunctionKit
package import JSON
package import Ledger

/// Takes an event out of billing; nothing is deleted, and its key stays used.
///
/// The same call again is harmless.
package struct VoidEvent: Function {
    package static let name = "voidEvent"
    package static let scope = AccessScope.ingest

    private let ledger: any EventLedger

    package init(ledger: any EventLedger) { self.ledger = ledger }

    package struct Input: FunctionInput {
        let void: EventVoid

        package init?(_ value: FieldValue) {
            guard var reader = value.object() else { return nil }
            let customerId = reader.required("customerId")?.identifier()
            let customerEventId = reader.required("customerEventId")?.identifier()
            let reason = reader.required("reason")?.text(limit: Limits.textBytes)
            reader.refuseUnknown()
            guard let customerId, let customerEventId, let reason else { return nil }
            void = EventVoid(
                customerId: customerId, customerEventId: customerEventId, reason: reason)
        }
    }

    package struct Output: JSONWritable {
        let void: EventVoid
        let sequence: Int64

        package func write(to writer: inout JSONWriter) {
            writer.object { writer in
                writer.member("customerId", void.customerId)
                writer.member("customerEventId", void.customerEventId)
                writer.member("reason", void.reason)
                writer.member("sequence", sequence)
            }
        }
    }

    package func handle(_ input: Input, _ context: FunctionContext) async throws -> Output {
        Output(
            void: input.void,
            sequence: try await ledger.void(input.void, at: context.now).sequence)
    }
}
