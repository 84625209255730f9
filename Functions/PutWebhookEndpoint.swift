internal import Billing
package import FunctionKit
package import JSON
package import Ledger
package import Webhooks

/// Creates or changes where webhooks go.
///
/// The secret is in the answer once, when it is created.
package struct PutWebhookEndpoint: Function {
    package static let name = "putWebhookEndpoint"

    private let ledger: any EndpointLedger
    private let policy: WebhookURLPolicy
    private let secrets: EndpointSecrets

    package init(ledger: any EndpointLedger, policy: WebhookURLPolicy, vault: SecretVault) {
        self.ledger = ledger
        self.policy = policy
        secrets = EndpointSecrets(ledger: ledger, vault: vault)
    }

    package struct Input: FunctionInput {
        let endpoint: WebhookEndpoint

        package init?(_ value: FieldValue) {
            guard var reader = value.object() else { return nil }
            let id = reader.required("id")?.identifier()
            let url = reader.required("url")?.string()
            let types = reader.required("eventTypes")
            let elements = types?.array()
            let format = reader.optional("format").map(WebhookFormat.init) ?? .standard
            let isEnabled = reader.optional("enabled")?.bool() ?? true
            reader.refuseUnknown()
            let eventTypes = elements.flatMap { types?.eventTypes($0) }
            guard let id, let url, let types, elements != nil, let format else { return nil }
            if format != .standard, eventTypes != [.invoiceFinalized] {
                types.note(
                    "must be [\"\(WebhookEventType.invoiceFinalized.rawValue)\"] where format is "
                        + "not \"standard\": templates are over invoices")
            }
            endpoint = WebhookEndpoint(
                id: id, url: url, eventTypes: eventTypes, format: format, isEnabled: isEnabled)
        }
    }

    package func handle(
        _ input: Input, _ context: FunctionContext
    ) async throws -> EndpointAnswer {
        do throws(WebhookURLError) { _ = try policy.validate(input.endpoint.url) } catch {
            throw InvalidFields([
                FieldIssue(pointer: "/url", detail: error.description, severity: .meaningless)
            ])
        }
        let drawn = try await secrets.draw(for: input.endpoint.id)
        let (endpoint, isNew) = try await ledger.put(input.endpoint, secret: drawn.stored)
        return EndpointAnswer(endpoint: endpoint, secret: isNew ? drawn.text : nil)
    }
}

extension FieldValue {
    /// The types that the array's elements name.
    ///
    /// - Returns: nil for `["*"]`, every type, and where an issue was recorded.
    fileprivate func eventTypes(_ elements: [FieldValue]) -> [WebhookEventType]? {
        guard !elements.isEmpty else {
            return issue("must name at least one type, or be [\"*\"] for every type")
        }
        if elements.contains(where: { $0.node.kind == .string && $0.node.string == "*" }) {
            return elements.count == 1 ? nil : issue("\"*\" means every type and stands alone")
        }
        return elements.compactMap { $0.choice() }
    }
}
