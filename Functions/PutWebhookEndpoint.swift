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
            let elements = types?.array()
            let isEnabled = reader.optional("enabled")?.bool() ?? true
            reader.refuseUnknown()
            let eventTypes = elements.flatMap { types?.eventTypes($0) }
            guard let id, let url, elements != nil else { return nil }
            endpoint = WebhookEndpoint(
                id: id, url: url, eventTypes: eventTypes, isEnabled: isEnabled)
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
