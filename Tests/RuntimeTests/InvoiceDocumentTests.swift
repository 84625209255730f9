import Curl
import Foundation
import JSON
import Testing

@testable import tallystick_demo

/// The document of an invoice, at its address and on the command line.
@Suite("Invoices to read", .timeLimit(.minutes(2)))
struct InvoiceDocumentTests {
    private let bench: Bench

    init() throws { bench = try Bench() }

    /// A customer whose name a terminal and a browser would both obey.
    private static let name = #"\u001b[2J<script>alert(1)</script>"#

    /// Serves a ledger with one month billed while `body` runs, which gets the invoice's id.
    private func serving(
        _ data: String, _ body: (Server, String) async throws -> Void
    ) async throws {
        let catalog = try bench.folder.write(ServeTests.catalog, to: "catalog.yaml")
        let server = try await bench.serve(
            data, ["--clock", "2026-01-20T00:00:00Z", "--catalog", catalog])
        _ = try await server.call(
            "upsertCustomer", #"{"id":"acme","name":"\#(Self.name)","timezone":"UTC"}"#)
        _ = try await server.call(
            "createSubscription",
            """
            {"id":"s1","customerId":"acme","plan":"basic","startsAt":"2026-01-01T00:00:00Z"}
            """)
        _ = try await server.call(
            "ingestEvent",
            """
            {"customerEventId":"e1","customerId":"acme","eventName":"call",
             "timestamp":"2026-01-10T05:00:00Z"}
            """)
        _ = try await server.call("advanceClock", #"{"to":"2026-02-01T00:00:00Z"}"#)
        let list = try JSONDocument.parse(Array(try await server.call("listInvoices").utf8)).root
        let invoice = try #require(list.member("items")?.children.first { _ in true })
        try await body(server, try #require(invoice.member("id")?.string))
        await server.end()
    }

    private func invoice(_ arguments: String...) async throws -> Program.Result {
        try await bench.run(["invoice"] + arguments)
    }

    @Test func pageAtItsAddress() async throws {
        try await serving(bench.folder.file("a.db")) { server, id in
            let page = try await send("GET", "\(server.url)/invoices/\(id).html")
            #expect(page.status == 200)
            #expect(page.headers["content-type"] == "text/html; charset=utf-8")
            #expect(page.headers["x-content-type-options"] == "nosniff")
            let policy = try #require(page.headers["content-security-policy"])
            #expect(policy.hasPrefix("default-src 'none'; style-src 'sha256-"))
            #expect(policy.hasSuffix("frame-ancestors 'none'"))
            #expect(page.text.hasPrefix("<!DOCTYPE html>"))
            #expect(page.text.contains("<h1>Invoice INV-000001</h1>"))
            #expect(page.text.contains("\\u001b[2J&lt;script&gt;alert(1)"))
            #expect(!page.text.contains("<script"))
            let head = try await send("HEAD", "\(server.url)/invoices/\(id).html")
            #expect(head.status == 200 && head.body.isEmpty)
            let printed = try await invoice(id, "--html", "--url", server.url)
            #expect(printed.output == page.text)
        }
    }

    @Test(arguments: [
        ("GET", "/invoices/inv_none.html", 404), ("GET", "/invoices/.html", 404),
        ("GET", "/invoices/a/b.html", 404), ("GET", "/invoices/inv_none", 404),
        ("GET", "/invoices/%00%1b%22%3Cscript%3E.html", 404),
        ("POST", "/invoices/inv_none.html", 405),
    ])
    func whatIsNotThere(_ method: String, _ path: String, _ status: Int) async throws {
        let server = try await bench.serve(bench.folder.file("a.db"))
        let response = try await send(method, server.url + path)
        #expect(response.status == status)
        #expect(response.headers["content-type"] == "application/problem+json")
        #expect(try response.member("status") == String(status))
        await server.end()
    }

    @Test func onTheCommandLine() async throws {
        let data = bench.folder.file("a.db")
        try await serving(data) { server, id in
            let remote = try await invoice(id, "--url", server.url)
            #expect(remote.code == 0, "\(remote.errors)")
            #expect(try shown(remote.output) == Self.transcript(id))
            let taken = try await invoice(id, "--data", data)
            #expect(taken.code == 1)
            #expect(taken.errors.contains("is in use: use --url"))
        }
        let list = try await bench.run(["invoke", "listInvoices", "--data", data])
        let id = try #require(list.output.firstMatch(of: /"id":"(inv_[0-9a-f]{32}_[0-9]+)"/)?.1)
        let local = try await invoice(String(id), "--data", data)
        #expect(try shown(local.output) == Self.transcript(String(id)))
        let unknown = try await invoice("inv_none", "--data", data)
        #expect(unknown.code == 1 && unknown.output.isEmpty)
        #expect(unknown.errors.contains("there is no invoice \\\"inv_none\\\""))
    }

    /// The text with its digests left out, which depend on when the log's records were written.
    private func shown(_ output: String) throws -> String {
        #expect(
            output.unicodeScalars.allSatisfy {
                $0 == "\n" || $0.properties.generalCategory != .control
            })
        return output.replacing(/sha256:[0-9a-f]{64}/, with: "sha256:…")
    }

    private static func transcript(_ id: String) -> String {
        """
        Invoice INV-000001

        Customer      \\u001b[2J<script>alert(1)</script> (acme)
        Subscription  s1
        Plan          basic, version 1
        Period        2026-01-01 to 2026-01-31, UTC
                      2026-01-01T00:00:00Z until 2026-02-01T00:00:00Z
        Kind          period
        Issued        2026-02-01T00:00:00Z
        Id            \(id)

                           Quantity      Parts  Amount USD
        -----------------  --------  ---------  ----------
        Calls                     1                   0.00
          1 × 0.0000025              0.0000025
          before rounding            0.0000025
        -----------------  --------  ---------  ----------
        Total                                         0.00

        Evidence of Calls
          Events    1
          Happened  2026-01-10T05:00:00Z to 2026-01-10T05:00:00Z
          Records   5 to 5
          Digest    sha256:…

        Log
          Through record  5
          Chain           sha256:…

        """
    }
}
