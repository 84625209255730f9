import Foundation
import Hummingbird
import HummingbirdCore
import Logging
import NIOCore
import ServiceLifecycle

/// The HTTP server as a service: stops accepting at once, then gives accepted requests some time.
struct HTTPService: Service {
    let gate: HTTPGate
    let host: String
    let port: Int
    let logger: Logger
    /// Called with the port that was bound, once requests are accepted.
    let onListening: @Sendable (Int) async -> Void

    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await serve() }
            group.addTask {
                try await gracefulShutdown()
                try await Task.sleep(for: RuntimeLimits.requestsStop)
                logger.warning("connections that do not end are cut")
            }
            try await group.next()
            group.cancelAll()
        }
    }

    private func serve() async throws {
        do {
            try await application.run()
        } catch let error as IOError {
            let reason = String(cString: strerror(error.errnoCode))
            throw SettingError("cannot listen on \(host), port \(port): \(reason)")
        }
    }

    private var application: Application<HTTPGate> {
        // The server's own notes repeat what is logged here.
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        return Application(
            responder: gate,
            server: .http1(
                configuration: .init(idleTimeout: .seconds(RuntimeLimits.idleSeconds))),
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: port),
                availableConnectionsDelegate: MaximumAvailableConnections(
                    RuntimeLimits.connections, logger: quiet)),
            onServerRunning: { channel in await onListening(channel.localAddress?.port ?? port) },
            logger: quiet)
    }
}
