import ArgumentParser
import Foundation
import FunctionKit
import Ledger
import Logging

/// `tallystick serve`: the runtime over HTTP until it is told to stop.
struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the functions, their timers and the webhooks until SIGTERM or Ctrl-C.",
        discussion: """
            EXAMPLES
              tallystick serve
              tallystick serve --data shop.db --port 9000 --catalog catalog.yaml
              tallystick serve --data test.db --clock 2026-01-01T00:00:00Z

            Every flag has an environment variable: --port-file is TALLYSTICK_PORT_FILE. A flag wins.
            Also read: TALLYSTICK_LOG_LEVEL (trace … critical), TALLYSTICK_WEBHOOK_ALLOW_HTTP=1,
            TALLYSTICK_WEBHOOK_ALLOW_LOOPBACK=1, and TALLYSTICK_SECRET_KEY (base64 of 32 bytes), with
            which webhook secrets are sealed in the file.
            """)

    @Option(help: "The ledger's file; it is created where there is none. (default: tallystick.db)")
    var data: String?

    @Option(
        help: "The address to listen on; others than loopback need API keys. (default: 127.0.0.1)")
    var host: String?

    @Option(help: "The port to listen on; 0 takes any that is free. (default: 8080)")
    var port: Int?

    @Option(help: "A catalog, YAML or JSON, that is applied at the start.")
    var catalog: String?

    @Option(help: "Go by a test clock that starts at this instant and moves with advanceClock.")
    var clock: String?

    @Option(help: "The runtime's configuration (YAML): timers.")
    var config: String?

    @Option(
        help: ArgumentHelp(
            "Memory that the ledger's tables, filters and rows may take. (default: 256MiB)",
            valueName: "SIZE"))
    var memory: String?

    @Option(help: "Write the port to this file once requests are accepted.")
    var portFile: String?

    func run() async throws {
        OpenFiles.raiseLimit()
        let setting = Setting()
        let logger = Logger.program(setting, fallback: .info)
        try await Exit.reporting {
            let flags = ServeFlags(
                data: data, host: host, port: port, catalog: catalog, clock: clock, config: config,
                memory: memory, portFile: portFile)
            let configuration = try ServeConfiguration(flags, setting)
            try await Wiring.with(
                configuration.dataFile, memory: configuration.memoryBytes, webhooks: .init(setting),
                logger: logger
            ) { wiring in
                let hasKeys = !wiring.ledger.keys.isEmpty
                try configuration.requireLoopbackWithoutKeys(hasKeys)
                if !hasKeys {
                    logger.notice(
                        "there are no API keys: listening on loopback only, open to whoever is here"
                    )
                }
                try await wiring.sealSecrets(logger)
                try await LocalServer(wiring, configuration, logger: logger).run()
            }
            logger.info("stopped")
        }
    }
}
