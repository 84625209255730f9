/// A request as `CurlClient` sends it.
package struct HTTPRequest: Sendable {
    package var method: String
    /// An absolute `http` or `https` URL.
    package var url: String
    package var headers: [(String, String)]
    package var body: [UInt8]
    /// For all of it, from the name to the end of the response; at least 1.
    package var timeoutMilliseconds: Int
    /// Bytes of the response's body that are read; what follows is cut.
    package var maximumResponseBytes: Int

    package init(
        method: String, url: String, headers: [(String, String)] = [], body: [UInt8] = [],
        timeoutMilliseconds: Int, maximumResponseBytes: Int
    ) {
        self.method = method
        self.url = url
        self.headers = headers
        self.body = body
        self.timeoutMilliseconds = timeoutMilliseconds
        self.maximumResponseBytes = maximumResponseBytes
    }
}

extension HTTPRequest {
    /// What most of a handle's options depend on.
    struct Shape: Equatable {
        let method: String
        let url: String
        let timeoutMilliseconds: Int
        let hasBody: Bool
    }

    /// POST and PUT have a body, though it may be empty.
    var shape: Shape {
        Shape(
            method: method, url: url, timeoutMilliseconds: timeoutMilliseconds,
            hasBody: method != "HEAD" && (!body.isEmpty || method == "POST" || method == "PUT"))
    }
}
