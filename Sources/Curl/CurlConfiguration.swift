/// What is the same for every transfer of a client.
package struct CurlConfiguration: Sendable {
    package var userAgent: String
    /// Asked for every address a socket is about to be opened to; nil allows all.
    package var mayConnect: (@Sendable (SocketAddress) -> Bool)?
    /// A file of PEM certificates to trust instead of those of the system's store.
    package var trustedRoots: String?
    /// Asked for every request: `HOST:PORT:ADDRESS`, what names resolve to from then on, instead of
    /// what the resolver says.
    package var resolutions: @Sendable () -> [String] = { [] }

    package init(
        userAgent: String, mayConnect: (@Sendable (SocketAddress) -> Bool)? = nil
    ) {
        self.userAgent = userAgent
        self.mayConnect = mayConnect
    }
}
