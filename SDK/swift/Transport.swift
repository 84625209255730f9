internal import AsyncHTTPClient
internal import Foundation
internal import NIOCore
internal import NIOHTTP1
internal import Synchronization

/// Makes requests, and makes them again as long as that can help.
final class Transport: Sendable {
    private let options: TallystickOptions
    /// With `/functions/` behind the server's own path.
    private let base: String
    private let headers: HTTPHeaders
    private let client: HTTPClient
    /// Before this instant the server wants no requests, as this refusal said.
    private let notBefore = Mutex<(instant: ContinuousClock.Instant, refusal: TallystickError)?>(
        nil)

    /// - Throws: `TallystickError.invalidConfiguration` where the URL or the key cannot be used.
    init(
        url: String, apiKey: String?, _ options: TallystickOptions
    ) throws(TallystickError) {
        guard let parts = URLComponents(string: url), parts.host?.isEmpty == false,
            ["http", "https"].contains(parts.scheme?.lowercased() ?? ""), parts.query == nil,
            parts.fragment == nil
        else { throw .invalidConfiguration("\(url) is not a URL of http or https") }
        var base = url
        while base.hasSuffix("/") { base.removeLast() }
        self.base = base + "/functions/"
        var headers = HTTPHeaders([("content-type", "application/json")])
        if let apiKey {
            guard apiKey.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else {
                throw .invalidConfiguration("the key has characters that no header takes")
            }
            headers.add(name: "authorization", value: "Bearer \(apiKey)")
        }
        self.headers = headers
        self.options = options
        // A redirect would turn events into a GET, and show the key to somebody else.
        var configuration = HTTPClient.Configuration(redirectConfiguration: .disallow)
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit =
            ClientLimits.concurrency
        client = HTTPClient(
            eventLoopGroupProvider: .singleton, configuration: configuration)
    }

    deinit { client.shutdown { _ in } }

    /// Calls a function, and again until it answers or there is no use.
    ///
    /// - Parameters:
    ///   - isRepeatable: another try does no more than the first.
    ///   - patience: how long it is tried.
    ///   - read: nil for what is not an answer of the server's.
    func post<Answer: Sendable>(
        _ name: String, _ body: [UInt8], isRepeatable: Bool = true, patience: Duration? = nil,
        _ read: @Sendable (Data) throws -> Answer?
    ) async throws(TallystickError) -> Answer {
        let until = ContinuousClock.now + (patience ?? options.retryFor)
        var failures = 0
        while true {
            if let (instant, refusal) = notBefore.withLock({ $0 }) {
                guard instant <= until else { throw refusal }
                try? await Task.sleep(until: instant, clock: .continuous)
            }
            do throws(TallystickError) {
                let bytes = try await exchange(name, body)
                do {
                    if let answer = try read(bytes) { return answer }
                } catch { throw .unreachable("\(base)\(name) answered with \(error)") }
                throw .unreachable("something else than the server answered at \(base)\(name)")
            } catch {
                guard error.mayPass(isRepeatable: isRepeatable) else { throw error }
                let wait = wait(after: error, failures)
                failures += 1
                guard !Task.isCancelled, .now + wait <= until else { throw error }
                options.onRetry?(error, wait)
                try? await Task.sleep(for: wait)
            }
        }
    }

    /// Full jitter, and no less than the server asks for.
    private func wait(after error: TallystickError, _ failures: Int) -> Duration {
        let longest = min(
            options.firstRetryWait * (1 << min(failures, 30)), options.longestRetryWait)
        let jitter = longest * Int.random(in: 0...1_000_000) / 1_000_000
        guard case .refused(_, _, let asked?) = error, asked > .zero else { return jitter }
        let instant = ContinuousClock.now + asked
        notBefore.withLock { pause in
            if pause.map({ $0.instant < instant }) ?? true { pause = (instant, error) }
        }
        return asked + jitter
    }

    /// Makes one request; whatever comes of it comes within the timeout.
    private func exchange(
        _ name: String, _ body: [UInt8]
    ) async throws(TallystickError) -> Data {
        var request = HTTPClientRequest(url: base + name)
        request.method = .POST
        request.headers = headers
        request.body = .bytes(ByteBuffer(bytes: body))
        let outcome: (response: HTTPClientResponse, body: Data)
        do {
            outcome = try await Self.within(options.timeout) { [client, request] in
                let response = try await client.execute(request, deadline: .distantFuture)
                let body = try await response.body.collect(upTo: ClientLimits.responseBytes)
                return (response, Data(body.readableBytesView))
            }
        } catch { throw .unreachable("\(base)\(name) cannot be reached: \(error)") }
        let (response, bytes) = outcome
        guard response.status != .ok else { return bytes }
        throw .refused(
            status: Int(response.status.code),
            try? JSONDecoder().decode(TallystickError.Problem.self, from: bytes),
            retryAfter: RetryAfter.wait(
                response.headers.first(name: "retry-after"), now: SystemClock.now))
    }

    private struct TimedOut: Error, CustomStringConvertible {
        let description = "no answer in time"
    }

    /// Runs `body`, and cancels it when the time is over.
    private static func within<Value: Sendable>(
        _ time: Duration, _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await withThrowingTaskGroup(of: Value.self) { group in
            group.addTask(operation: body)
            group.addTask {
                try await Task.sleep(for: time)
                throw TimedOut()
            }
            defer { group.cancelAll() }
            guard let value = try await group.next() else { throw TimedOut() }
            return value
        }
    }
}

extension TallystickError {
    /// Whether another try can come to something else, without doing twice what must be done once.
    fileprivate func mayPass(isRepeatable: Bool) -> Bool {
        switch self {
        case .refused(429, _, _): true
        case .refused(let status, _, _): isRepeatable && (status == 408 || status >= 500)
        case .unreachable: isRepeatable
        default: false
        }
    }
}
