import Webhooks

/// How webhooks leave this machine, and to where they may go.
struct WebhookWiring: Sendable {
    let policy: WebhookURLPolicy
    let sender: WebhookSender

    /// Reads `TALLYSTICK_WEBHOOK_ALLOW_HTTP` and `TALLYSTICK_WEBHOOK_ALLOW_LOOPBACK`.
    init(_ setting: Setting) {
        let allowLoopback = setting.isOn("WEBHOOK_ALLOW_LOOPBACK")
        policy = WebhookURLPolicy(
            allowHTTP: setting.isOn("WEBHOOK_ALLOW_HTTP"), allowLoopback: allowLoopback)
        sender = WebhookSender(
            transport: CurlWebhookTransport(
                version: ProgramVersion.current,
                addressGuard: AddressGuard(allowLoopback: allowLoopback)),
            policy: policy)
    }
}
