import ArgumentParser
import Foundation
import JSON

/// `tallystick rebuild`: all that the log decides, derived anew and compared.
struct RebuildCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rebuild",
        abstract: "Derive the ledger anew from its log, into a new file.",
        discussion: """
            Every record of the log is carried out again; what comes of it must be the log, byte for
            byte. Then the invoices are written and compared with the ledger's own. The new file is
            a ledger that can be served. The old one is only read, and no server may have it open.

            Webhook endpoints, their deliveries, API keys and timers are not in the log: they stay
            behind.

            EXAMPLES
              tallystick rebuild rebuilt.db --data shop.db

            Exit code 1 where a record or an invoice is not what the log gives; the first is named.
            Without --data: TALLYSTICK_DATA, else tallystick.db.
            """)

    @Argument(help: "The new file; an existing one is never overwritten.")
    var file: String

    @Option(help: "The ledger's file, which no server has open.")
    var data: String?

    func run() async throws {
        let setting = Setting()
        let dataFile = setting.text(data, "DATA") ?? ServeConfiguration.defaultDataFile
        let report = try await Exit.reporting {
            try await Wiring.rebuild(dataFile, into: file, setting)
        }
        FileHandle.standardOutput.write(Data(report.json + [UInt8(ascii: "\n")]))
        if report.differing > 0 { throw ExitCode(1) }
    }
}
