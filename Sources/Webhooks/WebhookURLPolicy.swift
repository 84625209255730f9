package import Curl

/// Says which URLs a webhook endpoint may have.
///
/// It catches mistakes early, with a text for whoever made them. What a name resolves to is not
/// known here: the address guard decides that for every socket.
package struct WebhookURLPolicy: Sendable {
    /// Lets `http` through, for every host.
    package var allowHTTP: Bool
    /// Lets hosts of this machine through, over `http` too.
    package var allowLoopback: Bool

    package init(allowHTTP: Bool = false, allowLoopback: Bool = false) {
        self.allowHTTP = allowHTTP
        self.allowLoopback = allowLoopback
    }

    /// Reads and checks a URL; throws what is wrong with it.
    @discardableResult
    package func validate(_ text: String) throws(WebhookURLError) -> HTTPURL {
        guard text.utf8.count <= WebhookLimits.urlBytes else {
            throw WebhookURLError(
                .tooLong, "The URL is longer than \(WebhookLimits.urlBytes) bytes.")
        }
        let url: HTTPURL
        do throws(CurlError) {
            url = try HTTPURL(text)
        } catch {
            throw WebhookURLError(.unreadable, error.description)
        }
        guard !url.hasUserInfo else {
            throw WebhookURLError(
                .userInfo, "The URL contains a user name or password; leave them out.")
        }
        let isLoopback = Self.isLoopback(url.host)
        try checkHost(url.host, isLoopback: isLoopback)
        guard url.scheme == .https || allowHTTP || (allowLoopback && isLoopback) else {
            throw WebhookURLError(.notHTTPS, "The URL must begin with https://.")
        }
        return url
    }

    private func checkHost(_ host: String, isLoopback: Bool) throws(WebhookURLError) {
        if isLoopback, !allowLoopback {
            throw WebhookURLError(.refusedHost, "The host \(host) is this machine itself.")
        }
        let addresses = AddressGuard(allowLoopback: allowLoopback)
        if let address = IPAddress(host), let refusal = addresses.refusal(of: address) {
            throw WebhookURLError(
                .refusedHost, "The host \(host) cannot receive webhooks (\(refusal.rawValue)).")
        }
    }

    /// By RFC 6761 `localhost` and all below it are this machine, also with a final dot.
    private static func isLoopback(_ host: String) -> Bool {
        if let address = IPAddress(host) { return address.isLoopback }
        var name = host.lowercased()
        if name.hasSuffix(".") { name.removeLast() }
        return name == "localhost" || name.hasSuffix(".localhost")
    }
}

/// What is wrong with an endpoint's URL.
package struct WebhookURLError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The stable machine codes.
    package enum Code: String, CaseIterable, Sendable {
        case tooLong, unreadable, userInfo, notHTTPS, refusedHost
    }

    package let code: Code
    /// For whoever wrote the URL.
    package let description: String

    package init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }
}
