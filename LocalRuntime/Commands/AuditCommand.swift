import ArgumentParser
import Audit
import Foundation
import FunctionKit
import JSON

/// `tallystick audit`: an invoice, or all of a ledger, computed again from the log.
struct AuditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Compute an invoice, or the whole ledger, again from the log, and compare.",
        discussion: """
            An invoice: every line from its customer's events. --all: the log's hashes and chain,
            every invoice, period and accumulator, in one pass over the log. The file is only read; a
            server may have it open.

            EXAMPLES
              tallystick audit inv_… --data shop.db
              tallystick audit --all --data shop.db

            Exit code 1 on a difference: what differs is printed, and the first record at which the
            two part where that can be told. Without --data: TALLYSTICK_DATA, else tallystick.db.
            """)

    @Argument(help: "The invoice's id.")
    var invoice: String?

    @Flag(help: "Audit the whole ledger.")
    var all = false

    @Option(help: "The ledger's file.")
    var data: String?

    func validate() throws {
        let isAll = all || (invoice == nil && Setting().isOn("AUDIT_ALL"))
        if isAll != (invoice == nil) {
            throw ValidationError("Give either an invoice's id or --all.")
        }
    }

    func run() async throws {
        let dataFile = Setting().text(data, "DATA") ?? ServeConfiguration.defaultDataFile
        let isClean = try await Exit.reporting { try await audit(dataFile) }
        if !isClean { throw ExitCode(1) }
    }

    /// - Returns: whether nothing differs.
    private func audit(_ dataFile: String) async throws -> Bool {
        guard let invoice else {
            let report = try await Wiring.audit(dataFile)
            write(report)
            return report.isClean
        }
        guard let verification = try await Wiring.verify(invoice, in: dataFile) else {
            throw Problem(.notFound, "there is no invoice \"\(invoice)\"")
        }
        write(verification)
        return verification.isVerified
    }

    private func write(_ result: some JSONWritable) {
        FileHandle.standardOutput.write(Data(result.json + [UInt8(ascii: "\n")]))
    }
}
