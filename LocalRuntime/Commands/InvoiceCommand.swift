import ArgumentParser
import Documents
import Foundation
import Functions
import JSON

/// `tallystick invoice`: an invoice for people to read.
struct InvoiceCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invoice",
        abstract: "Print an invoice: its lines, what they are made of, and the evidence.",
        discussion: """
            EXAMPLES
              tallystick invoice inv_… --data shop.db
              tallystick invoice inv_… --url http://127.0.0.1:8080 --html > invoice.html

            The page of --html is the one at /invoices/inv_….html of a server; it prints on A4.
            Without --data and --url: TALLYSTICK_URL, else TALLYSTICK_DATA, else tallystick.db.
            """)

    @Argument(help: "The invoice's id; listInvoices tells them.")
    var id: String

    @OptionGroup var place: LedgerPlace

    @Flag(help: "Print a page of HTML.")
    var html = false

    func run() async throws {
        let setting = Setting()
        let document = try await Exit.reporting {
            let invocation = Invocation(data: place.data, url: place.url, setting)
            let invoice = try await invocation.call(GetInvoice.name, GetInvoice.request(id))
            let document = try InvoiceDocument(invoice)
            return html ? try InvoicePage.html(document) : Array(document.text.utf8)
        }
        FileHandle.standardOutput.write(Data(document))
    }
}
