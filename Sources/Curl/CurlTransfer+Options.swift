import CCurl

extension CurlTransfer {
    /// Sets what is the same for every request of one shape, on a handle without options.
    func configure(_ request: HTTPRequest) throws(CurlError) {
        let url = try HTTPURL(request.url)
        try set(CURLOPT_URL, request.url)
        try check(ccurl_set_pointer(handle, CURLOPT_ERRORBUFFER, errorBuffer))
        try check(ccurl_set_connect_gate(handle, gate))
        try check(ccurl_set_write(handle, Self.onBody, context))
        try check(ccurl_set_header(handle, Self.onHeader, context))
        try setConnection(url.scheme)
        try set(CURLOPT_USERAGENT, configuration.userAgent)
        if let roots = configuration.trustedRoots { try set(CURLOPT_CAINFO, roots) }
        // 0 would mean no limit.
        try set(CURLOPT_TIMEOUT_MS, max(1, request.timeoutMilliseconds))
        try setMethod(request.method, hasBody: request.shape.hasBody)
    }

    /// Names that have an address of their own have it from now on.
    func setResolutions() throws(CurlError) {
        let lines = configuration.resolutions()
        guard !lines.isEmpty else { return }
        let last = resolutionList.take()
        defer { curl_slist_free_all(last) }
        for line in lines { try append(line, to: &resolutionList) }
        try check(ccurl_set_pointer(handle, CURLOPT_RESOLVE, resolutionList))
    }

    private func setConnection(_ scheme: HTTPURL.Scheme) throws(CurlError) {
        try set(CURLOPT_PROTOCOLS_STR, "http,https")
        try set(CURLOPT_FOLLOWLOCATION, 0)
        // Both: an empty proxy ignores the environment's, and "*" excepts every host from any.
        try set(CURLOPT_PROXY, "")
        try set(CURLOPT_NOPROXY, "*")
        try set(CURLOPT_NOSIGNAL, 1)
        // Without it a cancelled transfer waits on this thread for its name's resolution, and
        // one dead name server holds up everybody. The resolver's thread frees itself.
        try set(CURLOPT_QUICK_EXIT, 1)
        try set(CURLOPT_TCP_KEEPALIVE, 1)
        try set(CURLOPT_MAXLIFETIME_CONN, CurlLimits.connectionLifetimeSeconds)
        try set(CURLOPT_SSL_VERIFYPEER, 1)
        try set(CURLOPT_SSL_VERIFYHOST, 2)
        try set(CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        switch scheme {
        case .https:
            try set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
            // Wait for the handshake to say whether the connection can be shared.
            try set(CURLOPT_PIPEWAIT, 1)
        case .http:
            try set(CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_1_1))
        }
    }

    private func setMethod(_ method: String, hasBody: Bool) throws(CurlError) {
        guard Self.isToken(method) else {
            throw CurlError(.invalidRequest, "The method is not one.")
        }
        if method == "HEAD" {
            try set(CURLOPT_NOBODY, 1)
        } else if hasBody {
            try set(CURLOPT_POST, 1)
            if method != "POST" { try set(CURLOPT_CUSTOMREQUEST, method) }
        } else if method == "GET" {
            try set(CURLOPT_HTTPGET, 1)
        } else {
            try set(CURLOPT_CUSTOMREQUEST, method)
        }
    }

    func setBody(_ body: [UInt8]) throws(CurlError) {
        try check(
            ccurl_set_offset(handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(body.count)))
        // Copied, because libcurl reads it on its own time. An empty array has no address.
        let bytes = body.isEmpty ? [0] : body
        let result = bytes.withUnsafeBytes { buffer in
            ccurl_set_pointer(
                handle, CURLOPT_COPYPOSTFIELDS,
                UnsafeMutableRawPointer(mutating: buffer.baseAddress))
        }
        try check(result)
    }

    func setHeaders(_ headers: [(String, String)]) throws(CurlError) {
        let last = headerList.take()
        defer { curl_slist_free_all(last) }
        // "Name:" takes away what libcurl would add: a second's wait for "100 Continue" on large
        // bodies, and a form's content type where the caller names none.
        try append("Expect:", to: &headerList)
        if !headers.contains(where: { HTTPHeaders.matches($0.0, "content-type") }) {
            try append("Content-Type:", to: &headerList)
        }
        for (name, value) in headers {
            guard Self.isToken(name), Self.isFieldValue(value) else {
                throw CurlError(
                    .invalidRequest, "A header has a name or value that cannot be sent.")
            }
            var line = name
            // "Name;" is how libcurl is told to send an empty one.
            line += value.isEmpty ? ";" : ": "
            line += value
            try append(line, to: &headerList)
        }
        try check(ccurl_set_pointer(handle, CURLOPT_HTTPHEADER, headerList))
    }

    private func append(
        _ line: String, to list: inout UnsafeMutablePointer<curl_slist>?
    ) throws(CurlError) {
        guard let longer = curl_slist_append(list, line) else {
            throw CurlError(CURLE_OUT_OF_MEMORY, detail: "")
        }
        list = longer
    }

    private func set(_ option: CURLoption, _ value: Int) throws(CurlError) {
        try check(ccurl_set_long(handle, option, value))
    }

    private func set(_ option: CURLoption, _ value: String) throws(CurlError) {
        try check(ccurl_set_string(handle, option, value))
    }

    private func check(_ result: CURLcode) throws(CurlError) {
        if result != CURLE_OK { throw CurlError(result, detail: "") }
    }

    /// RFC 9110, 5.6.2.
    private static func isToken(_ text: String) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy { byte in
                switch byte {
                case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                    UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "#")...UInt8(ascii: "'"),
                    UInt8(ascii: "^")...UInt8(ascii: "`"):
                    true
                default: "-!*+.|~".utf8.contains(byte)
                }
            }
    }

    /// A line break in a value would begin a header of the value's own.
    private static func isFieldValue(_ text: String) -> Bool {
        text.utf8.allSatisfy { ($0 >= 0x20 || $0 == 0x09) && $0 != 0x7F }
    }
}
