import JSON
import Testing
import Webhooks

/// The ready template of a double-entry journal.
struct JournalTests {
    private func journal(
        total: String, amounts: [String], name: String? = "Acme \"Ltd\"", corrects: String? = nil
    ) throws -> JSONNode {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("id", "inv_1")
            writer.member("number", "42")
            writer.member("kind", "period")
            writer.key("customer")
            writer.object { writer in
                writer.member("id", "acme")
                writer.key("name")
                if let name { writer.string(name) } else { writer.null() }
            }
            writer.member("currency", "USD")
            writer.member("issuedAt", "2026-02-01T00:00:00Z")
            writer.key("lines")
            writer.array { writer in
                for (index, amount) in amounts.enumerated() {
                    writer.object { writer in
                        writer.member("id", "line-\(index)")
                        writer.member("description", "Calls, 50 < 100\n\"net\"")
                        writer.member("amount", amount)
                    }
                }
            }
            writer.member("total", total)
            if let corrects { writer.member("corrects", corrects) }
        }
        let template = try PayloadTemplate(PayloadTemplate.journal)
        let body = try template.render(try JSONDocument.parse(writer.bytes).root)
        #expect(body == (try template.render(try JSONDocument.parse(writer.bytes).root)))
        return try JSONDocument.parse(body).root
    }

    private func postings(_ journal: JSONNode) -> [[String]] {
        journal.member("postings")?.children.map { posting in
            ["account", "debit", "credit"].map { posting.member($0)?.string ?? "-" }
        } ?? []
    }

    @Test(arguments: [
        (
            "an invoice", "12.50", ["10.00", "2.50"],
            [
                ["accounts-receivable", "12.50", "0.00"], ["revenue", "0.00", "10.00"],
                ["revenue", "0.00", "2.50"],
            ]
        ),
        (
            "a correction", "-7.50", ["-10.00", "2.50"],
            [
                ["accounts-receivable", "0.00", "7.50"], ["revenue", "10.00", "0.00"],
                ["revenue", "0.00", "2.50"],
            ]
        ),
        (
            "nothing", "0.00", ["0.00"],
            [["accounts-receivable", "0.00", "0.00"], ["revenue", "0.00", "0.00"]]
        ),
        (
            "a currency without cents", "110", ["110"],
            [["accounts-receivable", "110", "0"], ["revenue", "0", "110"]]
        ),
        (
            "one of mils", "1.234", ["1.234"],
            [["accounts-receivable", "1.234", "0.000"], ["revenue", "0.000", "1.234"]]
        ),
        ("no lines", "0.00", [], [["accounts-receivable", "0.00", "0.00"]]),
    ])
    func sides(
        _ name: String, _ total: String, _ amounts: [String], _ expected: [[String]]
    ) throws {
        #expect(postings(try journal(total: total, amounts: amounts)) == expected, "\(name)")
    }

    @Test func itSaysWhoAndWhat() throws {
        let entry = try journal(total: "1.00", amounts: ["1.00"], corrects: "inv_0")
        #expect(entry.member("type")?.string == "journal")
        #expect(entry.member("customer")?.member("name")?.string == "Acme \"Ltd\"")
        #expect(entry.member("corrects")?.string == "inv_0")
        #expect(
            entry.member("postings")?.children.map { $0.member("description")?.string } == [
                "Invoice 42", "Calls, 50 < 100\n\"net\"",
            ])
        let plain = try journal(total: "1.00", amounts: [], name: nil)
        #expect(plain.member("customer")?.member("name")?.isNull == true)
        #expect(plain.member("corrects")?.isNull == true)
    }

    @Test func theSampleSuitsIt() throws {
        try PayloadTemplate(PayloadTemplate.journal).tryOut()
    }
}
