import Curl
import SocketServer
import Testing

/// Whom the client believes over TLS, and what it speaks there.
@Suite(.timeLimit(.minutes(1)))
struct TLSTests {
    private func send(
        to server: SocketServer, trusting roots: String?, host: String = "127.0.0.1"
    ) async throws -> HTTPResponse {
        var configuration = CurlConfiguration(userAgent: "Test/1")
        configuration.trustedRoots = roots
        let resolution = "receiver.test:\(server.port):127.0.0.1"
        configuration.resolutions = { [resolution] }
        let client = CurlClient(configuration)
        return try await client.send(get("https://\(host):\(server.port)/"))
    }

    @Test(arguments: ["127.0.0.1", "receiver.test"])
    func aCertificateOfATrustedRootIsBelieved(host: String) async throws {
        let root = try TLSIdentity("root.test")
        let server = try SocketServer(identity: TLSIdentity(host, issuer: root)) { _ in
            .answer(204)
        }
        let response = try await root.withCertificateFile { roots in
            try await send(to: server, trusting: roots, host: host)
        }
        #expect(response.status == 204)
    }

    enum Wrong: CaseIterable { case selfSigned, unknownRoot, otherName, expired }

    @Test(arguments: Wrong.allCases)
    func aWrongCertificateIsNot(_ wrong: Wrong) async throws {
        let root = try TLSIdentity("root.test")
        let identity =
            switch wrong {
            case .selfSigned: try TLSIdentity("127.0.0.1")
            case .unknownRoot: try TLSIdentity("127.0.0.1", issuer: TLSIdentity("root.test"))
            case .otherName: try TLSIdentity("receiver.test", issuer: root)
            case .expired: try TLSIdentity("127.0.0.1", issuer: root, isExpired: true)
            }
        let server = try SocketServer(identity: identity) { _ in .answer(204) }
        let error = await #expect(throws: CurlError.self) {
            try await root.withCertificateFile { try await send(to: server, trusting: $0) }
        }
        #expect(error?.code == .tlsFailure)
        var arrivals = server.arrivals.makeAsyncIterator()
        server.stop()
        #expect(await arrivals.next() == nil)
    }

    @Test func theSystemsStoreKnowsNoneOfThem() async throws {
        let root = try TLSIdentity("root.test")
        let server = try SocketServer(identity: TLSIdentity("127.0.0.1", issuer: root)) { _ in
            .answer(204)
        }
        let error = await #expect(throws: CurlError.self) {
            try await send(to: server, trusting: nil)
        }
        #expect(error?.code == .tlsFailure)
    }

    @Test func manyRequestsShareOneHTTP2Connection() async throws {
        let root = try TLSIdentity("root.test")
        let server = try SocketServer(
            identity: TLSIdentity("127.0.0.1", issuer: root), offersHTTP2: true
        ) { _ in .hangUp }
        try await root.withCertificateFile { roots in
            var configuration = CurlConfiguration(userAgent: "Test/1")
            configuration.trustedRoots = roots
            let client = CurlClient(configuration)
            try await withThrowingTaskGroup(of: Int.self) { group in
                for number in 0..<50 {
                    group.addTask {
                        var request = get("https://127.0.0.1:\(server.port)/\(number)")
                        (request.method, request.body) = ("POST", [1, 2, 3])
                        return try await client.send(request).status
                    }
                }
                for try await status in group { #expect(status == 204) }
            }
        }
        #expect(server.connections == 1)
    }
}
