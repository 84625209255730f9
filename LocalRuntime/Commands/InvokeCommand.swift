import ArgumentParser
import Foundation
import FunctionKit
import Logging

/// `tallystick invoke`: calls one function, on a file or on a running server.
struct InvokeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invoke",
        abstract: "Call a function and print its result.",
        discussion: """
            EXAMPLES
              tallystick invoke getInvoice --data shop.db -d '{"id": "inv_…"}'
              tallystick invoke applyCatalog --url http://127.0.0.1:8080 -d @catalog.json
              echo '{"id": "acme", "timezone": "Europe/Zurich"}' | tallystick invoke upsertCustomer -d -

            The result goes to standard output. On failure the problem goes to standard error and
            the exit code is 1. A file that a server has open is reached with --url only.
            Without --data and --url: TALLYSTICK_URL, else TALLYSTICK_DATA, else tallystick.db.
            """)

    @Argument(help: "The function's name, for example queryUsage.")
    var function: String

    @OptionGroup var place: LedgerPlace

    @Option(
        name: [.customShort("d"), .customLong("input")], parsing: .unconditional,
        help: ArgumentHelp(
            "The request: JSON, @FILE, or - for standard input. (default: {})",
            valueName: "JSON|@FILE|-"))
    var input: String?

    func run() async throws {
        let setting = Setting()
        let result = try await Exit.reporting {
            let body = try InvocationInput.read(input)
            return try await Invocation(data: place.data, url: place.url, setting).call(
                function, body)
        }
        FileHandle.standardOutput.write(Data(result + [UInt8(ascii: "\n")]))
    }
}
