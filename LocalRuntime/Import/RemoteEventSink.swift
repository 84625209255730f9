import FunctionKit
import Functions

/// Sends events to a running server.
///
/// A call that was lost on the way, or that met an overloaded server, is sent again: what the
/// server had taken of it is a duplicate then, so nothing is counted twice.
struct RemoteEventSink: EventSink {
    private let server: RemoteInvocation
    /// How long a call is tried again.
    private let patience: Duration

    init(_ server: RemoteInvocation, patience: Duration) {
        self.server = server
        self.patience = patience
    }

    func ingest(_ body: [UInt8]) async throws -> [UInt8] {
        let deadline = ContinuousClock.now + patience
        var wait = ImportLimits.retryWaitMilliseconds.lowerBound
        while true {
            do {
                return try await server.call(IngestEvent.name, body)
            } catch {
                guard Self.isWorthRetrying(error),
                    ContinuousClock.now + .milliseconds(wait) < deadline
                else { throw error }
                StandardError.write(line: "\(Self.reason(error)); sending again in \(wait) ms")
            }
            try await Task.sleep(for: .milliseconds(wait))
            wait = min(wait * 2, ImportLimits.retryWaitMilliseconds.upperBound)
        }
    }

    private static func isWorthRetrying(_ error: any Error) -> Bool {
        switch error {
        case let failure as RemoteFailure: failure.status == 503 || failure.status == 429
        case let problem as Problem: problem.code == .unavailable
        default: false
        }
    }

    private static func reason(_ error: any Error) -> String {
        switch error {
        case let failure as RemoteFailure: "the server answered \(failure.status)"
        case let problem as Problem: problem.detail
        default: "\(error)"
        }
    }
}
