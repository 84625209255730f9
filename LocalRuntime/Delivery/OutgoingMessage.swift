import Billing
import Functions
import Ledger
import Webhooks

/// Makes the signed message of an attempt from what the ledger has of it.
struct OutgoingMessage: Sendable {
    let vault: SecretVault

    /// - Throws: why it cannot be made, as the attempt's failure.
    func attempt(
        _ delivery: ClaimedDelivery, at now: Instant
    ) throws(WebhookAttemptResult.Failure) -> WebhookAttempt {
        do {
            let secrets = try vault.open(delivery.secrets, of: delivery.endpointId.bytes)
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
