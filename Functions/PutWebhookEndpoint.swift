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

    private let ledger: any WebhookLedger
    private let policy: WebhookURLPolicy

    package init(ledger: any WebhookLedger, policy: WebhookURLPolicy) {
        self.ledger = ledger
        self.policy = policy
    }

    package struct Input: FunctionInput {
        let endpoint: WebhookEndpoint

        package init?(_ value: FieldValue) {
            guard var reader = value.object() else { return nil }
            let id = reader.required("id")?.identifier()
            let url = reader.required("url")?.string()
            let types = reader.required("eventTypes")
            let isEnabled = reader.optional("enabled")?.bool() ?? true
            reader.refuseUnknown()
            guard let id, let url, let types, let elements = types.array() else { return nil }
            let isEvery = elements.count == 1 && elements.first?.node.string == "*"
            endpoint = WebhookEndpoint(
                id: id, url: url,
                eventTypes: isEvery ? nil : elements.compactMap { $0.choice() },
                isEnabled: isEnabled)
        }
    }

    package struct Output: JSONWritable {
        let endpoint: WebhookEndpoint
        let secret: String?

        package func write(to writer: inout JSONWriter) {
            writer.object { writer in
                endpoint.writeMembers(to: &writer)
                if let secret { writer.member("secret", secret) }
            }
        }
    }

    package func handle(_ input: Input, _ context: FunctionContext) async throws -> Output {
        do throws(WebhookURLError) { _ = try policy.validate(input.endpoint.url) } catch {
            throw InvalidFields([
                FieldIssue(pointer: "/url", detail: error.description, severity: .meaningless)
            ])
        }
        let secret = WebhookSecret.generate().text
        let (endpoint, isNew) = try await ledger.put(input.endpoint, secret: secret)
        return Output(endpoint: endpoint, secret: isNew ? secret : nil)
    }
}
