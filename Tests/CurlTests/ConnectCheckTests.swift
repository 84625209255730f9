import Curl
import Foundation
import SocketServer
import Synchronization
import Testing

/// The question asked before each socket.
@Suite(.timeLimit(.minutes(1)))
struct ConnectCheckTests {
    @Test(arguments: [
        ("by name", "localhost"), ("by number", "127.0.0.1"), ("in decimal", "2130706433"),
        ("in hexadecimal", "0x7f000001"), ("shortened", "127.1"),
    ])
    func refusesLoopback(name: String, host: String) async throws {
        let server = try SocketServer { _ in .answer(200) }
        let client = CurlClient(userAgent: "Test/1", mayConnect: { !$0.address.isLoopback })
        let error = await #expect(throws: CurlError.self) {
            try await client.send(get("http://\(host):\(server.port)/"))
        }
        #expect(error?.code == .refusedAddress)
        #expect(server.connections == 0)
    }

    @Test func isAskedOncePerConnectionWithAddressAndPort() async throws {
        let server = try SocketServer { _ in .answer(200) }
        let asked = Asked()
        let client = CurlClient(userAgent: "Test/1", mayConnect: { asked.note($0) })
        for _ in 0..<3 { _ = try await client.send(get(server.url)) }
        #expect(asked.addresses.map(\.description) == ["127.0.0.1:\(server.port)"])
    }

    @Test func anAddressRefusedBesideOneAllowedIsPassedOver() async throws {
        // `localhost` is ::1 and 127.0.0.1; the server listens on the second.
        let server = try SocketServer { _ in .answer(200) }
        let client = CurlClient(
            userAgent: "Test/1", mayConnect: { $0.address == IPAddress("127.0.0.1") })
        let response = try await client.send(get("http://localhost:\(server.port)"))
        #expect(response.status == 200)
    }

    @Test func proxiesOfTheEnvironmentAreIgnored() async {
        // In a process of its own: the environment belongs to all tests of this one.
        await #expect(processExitsWith: .success) {
            let proxy = try SocketServer { _ in .answer(500) }
            let server = try SocketServer { _ in .answer(200) }
            for name in ["http_proxy", "https_proxy", "all_proxy", "ALL_PROXY"] {
                setenv(name, proxy.url, 1)
            }
            setenv("no_proxy", "", 1)
            let client = CurlClient(userAgent: "Test/1")
            let response = try await client.send(get(server.url))
            #expect(response.status == 200)
            #expect(proxy.connections == 0)
        }
    }
}

private final class Asked: Sendable {
    private let list = Mutex<[SocketAddress]>([])

    var addresses: [SocketAddress] { list.withLock { $0 } }

    func note(_ address: SocketAddress) -> Bool {
        list.withLock { $0.append(address) }
        return true
    }
}
