import ArgumentParser
import Audit
import Foundation
import FunctionKit
import JSON

/// `tallystick export`: an invoice with all that it rests on, for somebody without Tallystick.
struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write out an invoice with its evidence, and a script that verifies it.",
        discussion: """
            The new folder holds the invoice as it was sent, the plan version that it is priced by, every
            event behind its lines, and verify.py: the Python standard library alone, no Tallystick. It
            computes quantities, digests and amounts again, and ends with 1 where a line is another.
            The ledger's file is only read; a server may have it open.

            EXAMPLES
              tallystick export inv_… --evidence /tmp/invoice-42 --data shop.db
              python3 /tmp/invoice-42/verify.py

            Without --data: TALLYSTICK_DATA, else tallystick.db.
            """)

    @Argument(help: "The invoice's id.")
    var invoice: String

    @Option(help: "The new folder.")
    var evidence: String?

    @Option(help: "The ledger's file.")
    var data: String?

    func run() async throws {
        let setting = Setting()
        let dataFile = setting.text(data, "DATA") ?? ServeConfiguration.defaultDataFile
        guard let directory = setting.text(evidence, "EVIDENCE") else {
            throw ValidationError("Name a new folder with --evidence.")
        }
        let result = try await Exit.reporting {
            let folder = try EvidenceFolder(directory)
            guard let summary = try await Wiring.export(invoice, from: dataFile, to: folder) else {
                throw Problem(.notFound, "there is no invoice \"\(invoice)\"")
            }
            var writer = JSONWriter()
            writer.object { writer in
                writer.member("directory", folder.path)
                writer.member("events", summary.events)
                writer.member("voids", summary.voids)
            }
            return writer.bytes
        }
        FileHandle.standardOutput.write(Data(result + [UInt8(ascii: "\n")]))
    }
}
