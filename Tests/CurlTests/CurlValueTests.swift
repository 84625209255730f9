import Curl
import Testing

struct CurlValueTests {
    /// Stored and printed: a change here breaks what callers rely on.
    @Test func machineCodes() {
        #expect(
            CurlError.Code.allCases.map(\.rawValue) == [
                "refusedAddress", "couldNotResolve", "couldNotConnect", "timedOut", "tlsFailure",
                "connectionLost", "invalidURL", "invalidRequest", "invalidResponse", "cancelled",
                "tooManyTransfers", "other",
            ])
    }

    @Test(arguments: [
        ("a name", "https://example.com/a?b=c", "https", "example.com", false),
        ("upper case", "HTTPS://EXAMPLE.com", "https", "EXAMPLE.com", false),
        ("a port", "http://example.com:8080", "http", "example.com", false),
        ("a decimal number", "http://2130706433/", "http", "127.0.0.1", false),
        ("octal", "http://0177.0.0.1/", "http", "127.0.0.1", false),
        ("IPv6", "https://[::1]:443/", "https", "::1", false),
        ("a user", "https://me@example.com/", "https", "example.com", true),
        ("a user and a password", "https://me:pw@example.com/", "https", "example.com", true),
        ("an at sign in the path", "https://example.com/me@x", "https", "example.com", false),
    ])
    func url(name: String, text: String, scheme: String, host: String, user: Bool) throws {
        let url = try HTTPURL(text)
        #expect(url.scheme.rawValue == scheme)
        #expect(url.host == host)
        #expect(url.hasUserInfo == user)
    }

    @Test(arguments: [
        ("empty", ""), ("no scheme", "example.com/a"), ("no host", "https://"),
        ("one slash", "https:/example.com"), ("three slashes", "https:///example.com"),
        ("no slashes", "https:example.com"), ("another scheme", "ftp://example.com"),
        ("a space", "https://example.com/a b"), ("a local file", "file:///etc/passwd"),
        ("a NUL", "https://example.com\0.evil.test/"), ("a line break", "https://example.com/\n"),
        ("a bad port", "https://example.com:99999/"), ("relative", "/a/b"),
        ("very long", "https://example.com/" + String(repeating: "a", count: 8_192)),
    ])
    func unreadableURL(name: String, text: String) {
        let error = #expect(throws: CurlError.self) { try HTTPURL(text) }
        #expect(error?.code == .invalidURL)
    }

    @Test(arguments: [
        ("0.0.0.0", "0.0.0.0"), ("255.1.2.3", "255.1.2.3"), ("::", "::"), ("::1", "::1"),
        ("FD00:EC2::254", "fd00:ec2::254"), ("2001:db8:0:0:0:0:0:1", "2001:db8::1"),
        ("::ffff:127.0.0.1", "::ffff:127.0.0.1"),
    ])
    func addressRoundTrip(text: String, printed: String) throws {
        #expect(try #require(IPAddress(text)).description == printed)
    }

    @Test(arguments: ["", "1.2.3", "1.2.3.256", "01.2.3.4.5", "::1%lo", "localhost", "1.2.3.4\0"])
    func noAddress(text: String) {
        #expect(IPAddress(text) == nil)
    }
}
