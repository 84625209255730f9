package import FunctionKit
package import JSON
package import Ledger

/// Lists where webhooks go, oldest first; secrets are never among it.
package struct ListWebhookEndpoints: Function {
    package static let name = "listWebhookEndpoints"
    package static let scope = AccessScope.read

    private let ledger: any EndpointLedger

    package init(ledger: any EndpointLedger) { self.ledger = ledger }

    package struct Input: FunctionInput {
        let query: EndpointQuery

        package init?(_ value: FieldValue) {
            guard var reader = value.object() else { return nil }
            let page = PageRequest(&reader)
            reader.refuseUnknown()
            query = EndpointQuery(cursor: page.cursor, limit: page.limit)
        }
    }

    package func handle(
        _ input: Input, _ context: FunctionContext
    ) async throws -> Listing<WebhookEndpoint> {
        Listing(try await ledger.endpoints(input.query)) { $1.value($0) }
    }
}
