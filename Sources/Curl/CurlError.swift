import CCurl

/// Why there is no answer.
package struct CurlError: Error, Equatable, Sendable, CustomStringConvertible {
    /// The stable machine codes, as they are stored and printed.
    package enum Code: String, CaseIterable, Sendable {
        /// Every address of the host is one that may not be connected to.
        case refusedAddress
        case couldNotResolve
        case couldNotConnect
        case timedOut
        /// The handshake failed, or the certificate is not one that the system trusts.
        case tlsFailure
        /// The connection ended before the answer did.
        case connectionLost
        case invalidURL
        /// A method or header that cannot be sent.
        case invalidRequest
        /// What came back is not HTTP, or its headers are too long.
        case invalidResponse
        /// The task was cancelled or the client shut down.
        case cancelled
        case tooManyTransfers
        case other
    }

    package let code: Code
    /// For people: what happened, with libcurl's own words where it has some.
    package let description: String

    package init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    /// Translates libcurl's code; `detail` is what it left in the error buffer.
    init(_ result: CURLcode, detail: String) {
        code = Self.code(of: result)
        let text = detail.isEmpty ? String(cString: curl_easy_strerror(result)) : detail
        description = code == .other ? "\(text) (libcurl code \(result.rawValue))" : text
    }

    private static func code(of result: CURLcode) -> Code {
        switch result {
        case CURLE_COULDNT_RESOLVE_HOST: .couldNotResolve
        case CURLE_COULDNT_CONNECT: .couldNotConnect
        case CURLE_OPERATION_TIMEDOUT: .timedOut
        case CURLE_SSL_CONNECT_ERROR, CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CIPHER,
            CURLE_SSL_CACERT_BADFILE, CURLE_SSL_ISSUER_ERROR, CURLE_SSL_ENGINE_INITFAILED,
            CURLE_SSL_INVALIDCERTSTATUS, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CLIENTCERT:
            .tlsFailure
        case CURLE_GOT_NOTHING, CURLE_SEND_ERROR, CURLE_RECV_ERROR, CURLE_PARTIAL_FILE,
            CURLE_HTTP2, CURLE_HTTP2_STREAM:
            .connectionLost
        case CURLE_URL_MALFORMAT: .invalidURL
        // The scheme was checked before, so "unsupported protocol" is an answer in HTTP/0.9.
        case CURLE_UNSUPPORTED_PROTOCOL, CURLE_WEIRD_SERVER_REPLY, CURLE_BAD_CONTENT_ENCODING:
            .invalidResponse
        default: .other
        }
    }
}
