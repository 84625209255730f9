import ArgumentParser
import Foundation
import Functions
import JSON

/// `tallystick backup`: a copy of the ledger, made while it is in use.
struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy the ledger to a new file, while it is in use.",
        discussion: """
            The copy is the ledger as it stands when the command ends, and can be served as it is. With
            --url the server writes it, on its own machine, and goes on serving meanwhile.

            EXAMPLES
              tallystick backup /backups/monday.db --url http://127.0.0.1:8080
              tallystick backup copy.db --data shop.db

            Without --data and --url: TALLYSTICK_URL, else TALLYSTICK_DATA, else tallystick.db.
            """)

    @Argument(help: "The new file; an existing one is never overwritten.")
    var file: String

    @OptionGroup var place: LedgerPlace

    func run() async throws {
        let setting = Setting()
        var writer = JSONWriter()
        writer.object { $0.member("file", URL(fileURLWithPath: file).path) }
        let body = writer.bytes
        let result = try await Exit.reporting {
            try await Invocation(data: place.data, url: place.url, setting).call(
                BackupLedger.name, body)
        }
        FileHandle.standardOutput.write(Data(result + [UInt8(ascii: "\n")]))
    }
}
