/// What is the same for every transfer of a client.
struct CurlConfiguration: Sendable {
    let userAgent: String
    let mayConnect: (@Sendable (SocketAddress) -> Bool)?
}
