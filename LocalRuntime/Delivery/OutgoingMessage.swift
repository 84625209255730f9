import Billing
import Functions
import Ledger
import Webhooks

/// Makes the signed message of an attempt from what the ledger has of it.
struct OutgoingMessage: Sendable {
    private let vault: SecretVault
    private let opened = Memo<Stored, [WebhookSecret]>(limit: WebhookLimits.endpointsRemembered)

    /// An endpoint's secrets as they are stored.
    private struct Stored: Hashable {
        let endpoint: Identifier
        let texts: [String]
    }

    init(vault: SecretVault) { self.vault = vault }

    /// - Throws: why it cannot be made, as the attempt's failure.
    func attempt(
        _ delivery: ClaimedDelivery, at now: Instant
    ) throws(WebhookAttemptResult.Failure) -> WebhookAttempt {
        do {
            let stored = Stored(endpoint: delivery.endpointId, texts: delivery.secrets)
            let secrets = try opened.value(for: stored) {
                try vault.open(stored.texts, of: stored.endpoint.bytes)
            }
            let payload = try delivery.format.payload(of: delivery.body)
            return WebhookAttempt(
                messageID: delivery.messageId, timestampSeconds: now.seconds, body: payload.body,
                contentType: payload.contentType.name, secrets: secrets, url: delivery.url)
        } catch let error as SecretVaultError {
            throw WebhookAttemptResult.Failure(
                code: error.rawValue, description: error.description)
        } catch {
            throw WebhookAttemptResult.Failure(
                code: "template", description: "the endpoint's template \(error)")
        }
    }
}
