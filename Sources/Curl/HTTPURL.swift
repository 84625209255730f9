import CCurl

/// A URL as libcurl reads it, so that what is checked is what is connected to.
package struct HTTPURL: Equatable, Sendable {
    package enum Scheme: String, Sendable {
        case http, https
    }

    package let scheme: Scheme
    /// As libcurl normalises it: `2130706433` is `127.0.0.1` here; IPv6 without its brackets.
    package let host: String
    package let hasUserInfo: Bool

    /// Reads an absolute URL.
    ///
    /// Throws `invalidURL` with a text that says what is wrong.
    package init(_ text: String) throws(CurlError) {
        guard text.utf8.count <= CurlLimits.urlBytes else {
            throw CurlError(
                .invalidURL, "The URL is longer than \(CurlLimits.urlBytes) bytes.")
        }
        // libcurl would stop at a NUL and encode or trim the others in ways nobody expects.
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 != 0x7F }) else {
            throw CurlError(.invalidURL, "The URL contains spaces or control characters.")
        }
        // libcurl takes one or three slashes for two, and then a path for the host.
        let afterScheme = text.utf8.drop { $0 != UInt8(ascii: ":") }
        guard afterScheme.starts(with: "://".utf8), !afterScheme.starts(with: ":///".utf8) else {
            throw CurlError(.invalidURL, "The URL is not of the form https://host/path.")
        }
        guard let handle = curl_url() else { throw CurlError(CURLE_OUT_OF_MEMORY, detail: "") }
        defer { curl_url_cleanup(handle) }
        let flags = UInt32(CURLU_NON_SUPPORT_SCHEME)
        let result = curl_url_set(handle, CURLUPART_URL, text, flags)
        guard result == CURLUE_OK else {
            let reason = String(cString: curl_url_strerror(result))
            throw CurlError(.invalidURL, "The URL cannot be read: \(reason).")
        }
        let schemeText = Self.part(CURLUPART_SCHEME, of: handle) ?? ""
        guard let scheme = Scheme(rawValue: schemeText.lowercased()) else {
            throw CurlError(.invalidURL, "The URL's scheme is not http or https.")
        }
        guard let host = Self.part(CURLUPART_HOST, of: handle), !host.isEmpty else {
            throw CurlError(.invalidURL, "The URL names no host.")
        }
        self.scheme = scheme
        self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        hasUserInfo =
            Self.part(CURLUPART_USER, of: handle) != nil
            || Self.part(CURLUPART_PASSWORD, of: handle) != nil
    }

    private static func part(_ part: CURLUPart, of handle: OpaquePointer) -> String? {
        var text: UnsafeMutablePointer<CChar>?
        guard curl_url_get(handle, part, &text, 0) == CURLUE_OK, let text else { return nil }
        defer { curl_free(text) }
        return String(cString: text)
    }
}
