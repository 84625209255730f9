import Curl
import Foundation
import SocketServer
import Synchronization
import TestRandom

/// A server that treats every second request badly, and passes the others on to a real one.
final class HostileProxy: Sendable {
    /// What is done to a request before the server sees it, or to the answer after it did.
    enum Kind: CaseIterable {
        case pass, refuse, stall, busy, unavailable, broken
        case loseAnswer, cutAnswer, garble, stallAnswer

        var reachesServer: Bool {
            switch self {
            case .pass, .loseAnswer, .cutAnswer, .garble, .stallAnswer: true
            case .refuse, .stall, .busy, .unavailable, .broken: false
            }
        }
    }

    fileprivate final class Core: Sendable {
        let random: Mutex<SeededRandom>
        let counts = Mutex<[Kind: Int]>([:])
        let target: String
        let http = CurlClient(userAgent: "hostile")

        init(_ target: String, seed: UInt64) {
            self.target = target
            random = Mutex(SeededRandom(seed: seed))
        }

        deinit { http.shutdown() }
    }

    let server: SocketServer
    private let core: Core

    init(_ target: String, seed: UInt64) throws {
        let core = Core(target, seed: seed)
        self.core = core
        server = try SocketServer { request in core.reply(request) }
    }

    var counts: [Kind: Int] { core.counts.withLock { $0 } }
}

extension HostileProxy.Core {
    fileprivate func reply(_ request: SocketRequest) -> SocketReply {
        let (kind, retryAfter) = random.withLock { random in
            (
                random.chance(50) ? .pass : random.element(HostileProxy.Kind.allCases),
                random.chance(50) ? [("retry-after", "0")] : []
            )
        }
        counts.withLock { $0[kind, default: 0] += 1 }
        guard kind.reachesServer else {
            switch kind {
            case .stall: return .stall
            case .busy: return .answer(429, headers: retryAfter)
            case .unavailable: return .answer(503, headers: retryAfter)
            case .broken: return .answer(500)
            default: return .hangUp
            }
        }
        guard let answer = forward(request) else { return .hangUp }
        let text = String(decoding: answer.body, as: UTF8.self)
        switch kind {
        case .loseAnswer: return .hangUp
        case .cutAnswer:
            let head = "HTTP/1.1 200 OK\r\ncontent-length: \(answer.body.count)\r\n\r\n"
            return SocketReply(head + text.prefix(text.count / 2), then: .hangUp)
        case .garble: return .answer(200, body: "<html>oops</html>")
        case .stallAnswer: return .stall
        default: return .answer(answer.status, body: text)
        }
    }

    /// Blocks the connection's own thread until the real server has answered.
    private func forward(_ request: SocketRequest) -> HTTPResponse? {
        let done = DispatchSemaphore(value: 0)
        let answer = Answer()
        Task { [http, target] in
            let response = try? await http.send(
                HTTPRequest(
                    method: request.method, url: target + request.target,
                    headers: [("content-type", "application/json")], body: request.body,
                    timeoutMilliseconds: 30_000, maximumResponseBytes: 1 << 24))
            answer.response.withLock { $0 = response }
            done.signal()
        }
        done.wait()
        return answer.response.withLock { $0 }
    }

    private final class Answer: Sendable {
        let response = Mutex<HTTPResponse?>(nil)
    }
}
