import Foundation
import Synchronization

/// An HTTP server for tests on plain blocking sockets: it answers, or misbehaves, as it is told.
///
/// It listens on a free port of 127.0.0.1 or another address of this machine alone, with a thread for every connection.
package final class SocketServer: Sendable {
    package let port: UInt16
    /// Every request once it has been read in full.
    package let arrivals: AsyncStream<SocketRequest>
    /// One element for every connection that ended.
    package let departures: AsyncStream<Void>

    private let core: SocketServerCore

    /// - Parameters:
    ///   - host: the last byte of its address in 127.0.0.0/24.
    ///   - identity: who the server is over TLS; nil for plain text.
    ///   - offersHTTP2: over TLS; then every request is answered 204.
    package convenience init(
        host: UInt8 = 1, identity: TLSIdentity? = nil, offersHTTP2: Bool = false,
        _ reply: @escaping @Sendable (SocketRequest) -> SocketReply
    ) throws {
        try self.init(host, greeting: nil, identity, offersHTTP2, reply)
    }

    /// A server that speaks first: it sends these bytes on every connection and hangs up.
    package convenience init(greeting: [UInt8]) throws {
        try self.init(1, greeting: greeting, nil, false) { _ in .hangUp }
    }

    private init(
        _ host: UInt8, greeting: [UInt8]?, _ identity: TLSIdentity?, _ offersHTTP2: Bool,
        _ reply: @escaping @Sendable (SocketRequest) -> SocketReply
    ) throws {
        let listener = try BoundSocket(host: host)
        guard listen(listener.descriptor, 1_024) == 0 else { throw SocketServerError() }
        port = listener.port
        let arrivals = AsyncStream.makeStream(of: SocketRequest.self)
        let departures = AsyncStream.makeStream(of: Void.self)
        self.arrivals = arrivals.stream
        self.departures = departures.stream
        core = SocketServerCore(
            listener: listener, greeting: greeting, identity: identity, offersHTTP2: offersHTTP2,
            reply: reply, arrivals: arrivals.continuation, departures: departures.continuation)
        let core = core
        Thread { core.acceptAll() }.start()
    }

    deinit {
        core.stop()
    }

    /// Accepts no more connections; then `arrivals` ends.
    package func stop() { core.stop() }

    /// Connections accepted until now.
    package var connections: Int { core.connections.withLock { $0 } }

    package var url: String { "http://127.0.0.1:\(port)" }
}

/// What the server's threads share; it lives until the last of them ends.
final class SocketServerCore: Sendable {
    let connections = Mutex(0)

    private let listener: BoundSocket
    private let greeting: [UInt8]?
    private let identity: TLSIdentity?
    private let offersHTTP2: Bool
    private let reply: @Sendable (SocketRequest) -> SocketReply
    private let arrivals: AsyncStream<SocketRequest>.Continuation
    private let departures: AsyncStream<Void>.Continuation

    init(
        listener: BoundSocket, greeting: [UInt8]?, identity: TLSIdentity?, offersHTTP2: Bool,
        reply: @escaping @Sendable (SocketRequest) -> SocketReply,
        arrivals: AsyncStream<SocketRequest>.Continuation,
        departures: AsyncStream<Void>.Continuation
    ) {
        self.listener = listener
        self.greeting = greeting
        self.identity = identity
        self.offersHTTP2 = offersHTTP2
        self.reply = reply
        self.arrivals = arrivals
        self.departures = departures
    }

    func stop() {
        // Wakes the thread that waits in accept().
        shutdown(listener.descriptor, Int32(SHUT_RDWR))
    }

    func acceptAll() {
        while true {
            let descriptor = accept(listener.descriptor, nil, nil)
            guard descriptor >= 0 else { break }
            connections.withLock { $0 += 1 }
            Thread { [self] in
                if let connection = SocketConnection(
                    descriptor, identity, offersHTTP2: offersHTTP2)
                {
                    serve(connection)
                }
                departures.yield()
            }.start()
        }
        arrivals.finish()
    }

    private func serve(_ connection: consuming SocketConnection) {
        if let greeting {
            connection.send(greeting)
            return
        }
        if connection.speaksHTTP2 {
            HTTP2Session.serve(connection)
            return
        }
        while let request = connection.readRequest() {
            let reply = reply(request)
            arrivals.yield(request)
            connection.send(reply.bytes)
            switch reply.then {
            case .keepAlive: continue
            case .hangUp: return
            case .stall:
                connection.waitForEnd()
                return
            case .repeatForever:
                while connection.send(reply.filler) {}
                return
            }
        }
    }
}
