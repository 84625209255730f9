/// A request as the server read it.
package struct SocketRequest: Sendable {
    package let method: String
    package let target: String
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]

    /// The first value of a field, its name in lower case.
    package func header(_ name: String) -> String? {
        headers.first { $0.name.lowercased() == name }?.value
    }
}

/// The bytes that the server sends for a request and what it does next.
package struct SocketReply: Sendable {
    package enum Then: Sendable {
        case keepAlive, hangUp, stall, repeatForever
    }

    package var bytes: [UInt8]
    package var then: Then
    /// What is sent again and again by `repeatForever`.
    package var filler: [UInt8] = []

    package init(_ text: String, then: Then, filler: [UInt8] = []) {
        bytes = Array(text.utf8)
        self.then = then
        self.filler = filler
    }

    /// A whole and well-formed answer.
    package static func answer(
        _ status: Int, headers: [(String, String)] = [], body: String = ""
    ) -> SocketReply {
        let lines = headers.map { "\($0.0): \($0.1)\r\n" }.joined()
        let head = "HTTP/1.1 \(status) Test\r\ncontent-length: \(body.utf8.count)\r\n\(lines)\r\n"
        return SocketReply(head + body, then: .keepAlive)
    }

    /// Nothing, and the connection stays open.
    package static let stall = SocketReply("", then: .stall)

    /// Headers that promise a body which never comes.
    package static let stallAfterHeaders = SocketReply(
        "HTTP/1.1 200 Test\r\ncontent-length: 10\r\n\r\n", then: .stall)

    /// Nothing, and the connection is closed.
    package static let hangUp = SocketReply("", then: .hangUp)

    /// Half of the promised body, and the connection is closed.
    package static let hangUpHalfway = SocketReply(
        "HTTP/1.1 200 Test\r\ncontent-length: 10\r\n\r\nhalf ", then: .hangUp)

    /// A body that never ends.
    package static func endless(_ status: Int) -> SocketReply {
        SocketReply(
            "HTTP/1.1 \(status) Test\r\n\r\n", then: .repeatForever,
            filler: Array(repeating: UInt8(ascii: "x"), count: 65_536))
    }
}
