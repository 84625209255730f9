internal import Billing
package import FunctionKit
package import Ledger
package import Webhooks

/// Draws the secrets that sign webhooks and keeps what the ledger has of them readable.
package struct EndpointSecrets: Sendable {
    private let ledger: any EndpointLedger
    private let vault: SecretVault

    package init(ledger: any EndpointLedger, vault: SecretVault) {
        self.ledger = ledger
        self.vault = vault
    }

    /// Draws a secret for an endpoint.
    ///
    /// - Returns: the secret's text and what is to be stored of it.
    /// - Throws: `SecretVaultError` where stored secrets cannot be read: with two keys in one
    ///   ledger neither would open it.
    func draw(for endpoint: Identifier) async throws -> (text: String, stored: String) {
        for known in try await ledger.storedSecrets(limit: 1) {
            _ = try vault.open(known.text, of: known.endpointId.bytes)
        }
        let secret = WebhookSecret.generate()
        return (secret.text, try vault.store(secret, of: endpoint.bytes))
    }

    /// The secrets that sign for an endpoint now.
    func open(_ target: WebhookTarget) throws(SecretVaultError) -> [WebhookSecret] {
        try vault.open(target.secrets, of: target.endpoint.id.bytes)
    }

    /// Reads every stored secret and, where there is a key, seals those that are not.
    ///
    /// - Returns: how many it sealed.
    /// - Throws: `SecretVaultError` where one cannot be read; then nothing was changed.
    package func sealAll() async throws -> Int {
        var replaced: [StoredSecret] = []
        for known in try await ledger.storedSecrets(limit: .max) {
            let id = known.endpointId.bytes
            let secret = try vault.open(known.text, of: id)
            guard vault.hasKey, !SecretVault.isSealed(known.text) else { continue }
            replaced.append(
                StoredSecret(
                    number: known.number, endpointId: known.endpointId,
                    text: try vault.store(secret, of: id)))
        }
        if !replaced.isEmpty { try await ledger.replace(replaced) }
        return replaced.count
    }
}

extension SecretVaultError: ProblemConvertible {
    package var problem: Problem { Problem(.conflict, description) }
}
