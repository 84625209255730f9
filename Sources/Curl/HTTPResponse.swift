/// An answer, whatever its status; redirects are answers too.
package struct HTTPResponse: Sendable {
    package let status: Int
    package let headers: HTTPHeaders
    /// At most the request's `maximumResponseBytes`.
    package let body: [UInt8]
    /// True where the server sent more than `body` holds.
    package let truncated: Bool
    /// Microseconds from the start of the transfer to its end.
    package let latencyMicroseconds: Int64

    package init(
        status: Int, headers: HTTPHeaders, body: [UInt8], truncated: Bool,
        latencyMicroseconds: Int64
    ) {
        self.status = status
        self.headers = headers
        self.body = body
        self.truncated = truncated
        self.latencyMicroseconds = latencyMicroseconds
    }
}
