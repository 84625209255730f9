internal import Billing
package import FunctionKit
package import JSON
package import Ledger

/// Deletes an endpoint and its secrets; what it was still to be sent fails.
package struct DeleteWebhookEndpoint: Function {
    package static let name = "deleteWebhookEndpoint"

    private let ledger: any EndpointLedger

    package init(ledger: any EndpointLedger) { self.ledger = ledger }

    /// `{id, deleted, failedDeliveries}`.
    package struct Output: JSONWritable {
        let id: Identifier
        let failedDeliveries: Int

        package func write(to writer: inout JSONWriter) {
            writer.object { writer in
                writer.member("id", id)
                writer.member("deleted", true)
                writer.member("failedDeliveries", failedDeliveries)
            }
        }
    }

    package func handle(
        _ input: IdentifierInput, _ context: FunctionContext
    ) async throws -> Output {
        Output(id: input.id, failedDeliveries: try await ledger.deleteEndpoint(input.id))
    }
}
