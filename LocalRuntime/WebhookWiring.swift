import Webhooks

/// How webhooks leave this machine, to where they may go, and how their secrets are kept.
struct WebhookWiring: Sendable {
    let policy: WebhookURLPolicy
    let sender: WebhookSender
    let vault: SecretVault
    /// Real time, whatever the runtime's clock says: receivers check the signature's age.
    let clock: any RuntimeClock = SystemClock()

    /// Reads `TALLYSTICK_WEBHOOK_ALLOW_HTTP`, `TALLYSTICK_WEBHOOK_ALLOW_LOOPBACK` and
    /// `TALLYSTICK_SECRET_KEY`.
    init(_ setting: Setting) throws(SettingError) {
        let allowLoopback = setting.isOn("WEBHOOK_ALLOW_LOOPBACK")
        policy = WebhookURLPolicy(
            allowHTTP: setting.isOn("WEBHOOK_ALLOW_HTTP"), allowLoopback: allowLoopback)
        sender = WebhookSender(
            transport: CurlWebhookTransport(
                version: ProgramVersion.current,
                addressGuard: AddressGuard(allowLoopback: allowLoopback)),
            policy: policy)
        vault = SecretVault(key: try Self.secretKey(setting))
    }

    private static func secretKey(_ setting: Setting) throws(SettingError) -> SecretKey? {
        guard let text = setting.text(nil, "SECRET_KEY") else { return nil }
        guard let key = SecretKey(text) else {
            throw SettingError(
                "TALLYSTICK_SECRET_KEY must be the base64 of \(WebhookLimits.secretKeyBytes) bytes, "
                    + "as `openssl rand -base64 \(WebhookLimits.secretKeyBytes)` makes it")
        }
        return key
    }
}
