import Testing
import Webhooks

struct WebhookURLPolicyTests {
    @Test(arguments: [
        "https://example.com", "https://example.com:8443/hooks?tenant=1", "HTTPS://EXAMPLE.COM/",
        "https://8.8.8.8/", "https://[2600::1]/", "https://xn--bcher-kva.example/",
    ])
    func acceptedByDefault(url: String) throws {
        try WebhookURLPolicy().validate(url)
    }

    @Test(arguments: [
        ("http", "http://example.com/", WebhookURLError.Code.notHTTPS),
        ("relative", "/hooks", .unreadable), ("empty", "", .unreadable),
        ("no host", "https:///hooks", .unreadable),
        ("another scheme", "ftp://a.example", .unreadable),
        ("a space", "https://example.com/a b", .unreadable),
        ("a user", "https://me@example.com/", .userInfo),
        ("a user and a password", "https://me:pw@example.com/", .userInfo),
        ("localhost", "https://localhost/", .refusedHost),
        ("localhost with a dot", "https://LOCALHOST./", .refusedHost),
        ("below localhost", "https://a.localhost/", .refusedHost),
        ("loopback", "https://127.0.0.2/", .refusedHost),
        ("loopback in decimal", "https://2130706433/", .refusedHost),
        ("loopback in IPv6", "https://[::1]/", .refusedHost),
        ("private", "https://192.168.1.1/", .refusedHost),
        ("metadata", "https://169.254.169.254/latest", .refusedHost),
        ("mapped", "https://[::ffff:10.0.0.1]/", .refusedHost),
        ("long", "https://example.com/" + String(repeating: "a", count: 2_048), .tooLong),
    ])
    func refusedByDefault(name: String, url: String, code: WebhookURLError.Code) {
        let error = #expect(throws: WebhookURLError.self) { try WebhookURLPolicy().validate(url) }
        #expect(error?.code == code)
        #expect(error?.description.hasSuffix(".") == true)
    }

    @Test(arguments: [
        ("http where allowed", "http://example.com/", true, false, true),
        ("loopback not by that", "http://127.0.0.1:8080/", true, false, false),
        ("loopback where allowed", "http://127.0.0.1:8080/", false, true, true),
        ("localhost where allowed", "http://localhost:8080/", false, true, true),
        ("IPv6 loopback where allowed", "http://[::1]:8080/", false, true, true),
        ("other http not by that", "http://example.com/", false, true, false),
        ("private by neither", "https://10.0.0.1/", true, true, false),
    ])
    func allowances(name: String, url: String, http: Bool, loopback: Bool, accepted: Bool) {
        let policy = WebhookURLPolicy(allowHTTP: http, allowLoopback: loopback)
        let result = Result { try policy.validate(url) }
        #expect(((try? result.get()) != nil) == accepted)
    }

    /// Stored and printed: a change here breaks what callers rely on.
    @Test func machineCodes() {
        #expect(
            WebhookURLError.Code.allCases.map(\.rawValue) == [
                "tooLong", "unreadable", "userInfo", "notHTTPS", "refusedHost",
            ])
        #expect(
            WebhookVerificationError.allCases.map(\.rawValue) == [
                "malformedTimestamp", "timestampOutOfTolerance", "noMatchingSignature",
            ])
    }
}
