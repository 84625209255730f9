package import Billing
package import FunctionKit
package import JSON
package import Ledger
package import Webhooks

/// Gives an endpoint a new secret; the old one signs too until the overlap ends.
///
/// The new secret is in the answer once. The overlap goes by real time, as signatures do.
package struct RotateWebhookSecret: Function {
    package static let name = "rotateWebhookSecret"

    private let ledger: any EndpointLedger
    private let secrets: EndpointSecrets
    private let realTime: @Sendable () -> Instant

    package init(
        ledger: any EndpointLedger, vault: SecretVault, realTime: @escaping @Sendable () -> Instant
    ) {
        self.ledger = ledger
        secrets = EndpointSecrets(ledger: ledger, vault: vault)
        self.realTime = realTime
    }

    package struct Input: FunctionInput {
        let id: Identifier
        let overlap: Duration

        private static let usual = Duration.seconds(24 * 3_600)

        package init?(_ value: FieldValue) {
            guard var reader = value.object() else { return nil }
            let id = reader.required("id")?.identifier()
            let overlap = reader.optional("overlap")
            let duration = overlap.map { $0.duration() } ?? Self.usual
            reader.refuseUnknown()
            guard let id, let duration else { return nil }
            self.id = id
            self.overlap = duration
        }
    }

    package func handle(
        _ input: Input, _ context: FunctionContext
    ) async throws -> EndpointAnswer {
        let drawn = try await secrets.draw(for: input.id)
        let now = realTime()
        try await ledger.rotate(
            SecretRotation(
                endpointId: input.id, secret: drawn.stored, othersEnd: now + input.overlap,
                now: now))
        return EndpointAnswer(
            endpoint: try await ledger.target(input.id, now: now).endpoint, secret: drawn.text)
    }
}
