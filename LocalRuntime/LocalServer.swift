import Billing
import Curl
import Foundation
import FunctionKit
import Ledger
import Logging
import ServiceLifecycle
import UnixSignals
import Webhooks

/// The local runtime: functions over HTTP, their timers, the invoice drain and the outbox.
struct LocalServer: Sendable {
    private let configuration: ServeConfiguration
    private let logger: Logger
    private let dispatcher: Dispatcher
    private let services: [any Service]

    /// Puts the services together and loads the timers.
    ///
    /// - Throws: `SettingError` where a timer names no function.
    init(_ wiring: Wiring, _ configuration: ServeConfiguration, logger: Logger) async throws {
        let testClock = configuration.clock.map(TestClock.init)
        let invoices = Nudge()
        let deliveries = Nudge()
        let dispatcher = Dispatcher(
            registry: wiring.functions, clock: testClock ?? SystemClock(), logger: logger,
            wakes: Self.wakes(invoices: invoices, deliveries: deliveries))
        let timers = configuration.runtime.timers
        for timer in timers where !wiring.functions.names.contains(timer.function) {
            throw SettingError("the timer \(timer.name) names no function: \"\(timer.function)\"")
        }
        let engine = try await TimerEngine(
            timers, dispatcher: dispatcher, ledger: wiring.ledger, dueWork: wiring.dueWork)
        let turn = Turns(atOnce: 1)
        let drain: @Sendable () async throws -> Int = {
            let count = try await turn.run { try await wiring.writeSomeInvoices(dispatcher) }
            if count > 0 { deliveries.ring() }
            return count
        }
        var offered = dispatcher
        if let testClock {
            offered = dispatcher.adding(
                AdvanceClock(clock: testClock, engine: engine) {
                    while try await drain() > 0 {}
                })
        }
        let gate = HTTPGate(
            dispatcher: offered, keys: KeyGate { wiring.ledger.keys }, isReady: wiring.isReady,
            statistics: { wiring.ledger.statistics })
        let lane = DeliveryLane(
            ledger: wiring.ledger, sender: wiring.webhooks.sender,
            vault: wiring.webhooks.vault, logger: logger)
        // They stop in the opposite order, one after the other.
        var services: [any Service] = [
            DeliveryService(lane: lane, nudge: deliveries, logger: logger),
            DrainService(name: "invoices", nudge: invoices, logger: logger, step: drain),
        ]
        if testClock == nil {
            services.append(TimerService(engine: engine, clock: SystemClock(), logger: logger))
        }
        services.append(Self.http(gate, configuration, logger))
        self.services = services
        self.dispatcher = dispatcher
        self.configuration = configuration
        self.logger = logger
    }

    /// Applies the catalog and serves until SIGTERM or SIGINT.
    func run() async throws {
        if let catalog = configuration.catalog {
            _ = try await dispatcher.call("applyCatalog", body: catalog)
        }
        var group = ServiceGroupConfiguration(
            services: services + [StopWatchdog(logger: logger)],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: quietLogger)
        group.maximumGracefulShutdownDuration = RuntimeLimits.servicesStop
        do {
            try await ServiceGroup(configuration: group).run()
        } catch is CancellationError {}  // What hung was cut off.
    }

    private var quietLogger: Logger {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        return quiet
    }

    private static func http(
        _ gate: HTTPGate, _ configuration: ServeConfiguration, _ logger: Logger
    ) -> HTTPService {
        HTTPService(
            gate: gate, host: configuration.host, port: configuration.port, logger: logger
        ) { port in
            logger.info(
                "listening",
                metadata: ["host": "\(configuration.host)", "port": .stringConvertible(port)])
            guard let path = configuration.portFile else { return }
            do {
                try Data("\(port)\n".utf8).write(
                    to: URL(fileURLWithPath: path), options: .atomic)
            } catch {
                logger.error("the port file cannot be written", metadata: ["error": "\(error)"])
            }
        }
    }

    private static func wakes(invoices: Nudge, deliveries: Nudge) -> [String: [Nudge]] {
        var wakes: [String: [Nudge]] = [:]
        for name in Wiring.leaveInvoices { wakes[name, default: []].append(invoices) }
        for name in Wiring.leaveDeliveries { wakes[name, default: []].append(deliveries) }
        return wakes
    }
}
