import JSON
import Testing

@testable import Documents

/// The words around the figures.
@Suite struct WordingTests {
    @Test(arguments: [
        (#"{"units":"3","unitAmount":"0.3","amount":"0.9"}"#, "3 × 0.3"),
        (
            #"{"tier":2,"units":"1.5","unitAmount":"2","flatAmount":"1","amount":"4"}"#,
            "tier 2: 1.5 × 2 + 1 flat"
        ),
        (
            #"{"tier":1,"units":"1","packages":"1","packageAmount":"5","amount":"5"}"#,
            "tier 1: 1 package × 5, for 1 unit"
        ),
        (
            #"{"transactions":12,"units":"400","rate":"2.9","amount":"11.6"}"#,
            "12 transactions, 400 × 2.9 %"
        ),
        (
            #"{"tier":1,"units":"400","rate":"2","flatAmount":"1","amount":"9"}"#,
            "tier 1: 400 × 2 % + 1 flat"
        ),
        (#"{"transactions":1,"fixedFee":"0.3","amount":"0.3"}"#, "1 transaction × 0.3"),
        (#"{"units":"7","multiplier":"1.2","amount":"8.4"}"#, "7 × 1.2"),
        (#"{"perTransactionMinimum":"1","amount":"3"}"#, "at least 1 a transaction"),
        (#"{"perTransactionMaximum":"4","amount":"-22.4"}"#, "at most 4 a transaction"),
        (#"{"minimum":"10","amount":"5"}"#, "minimum of 10"),
        (#"{"maximum":"100","amount":"-5"}"#, "maximum of 100"),
        (#"{"billed":"2.5","amount":"-2.5"}"#, "billed before"),
        (#"{"tier":1,"units":"2","flatAmount":"5","amount":"5"}"#, "tier 1: 2 units + 5 flat"),
        (#"{"tier":1,"units":"0","amount":"0"}"#, "tier 1: 0 units"),
        (#"{"flatAmount":"10","amount":"10"}"#, "10 flat"),
        (#"{"flatAmount":"31","amount":"10.5"}"#, "share of 31"),
    ])
    func breakdown(_ entry: String, _ text: String) throws {
        #expect(BreakdownText.of(try JSONDocument.parse(Array(entry.utf8)).root) == text)
    }

    @Test(arguments: [
        (
            "a month with a change of clocks", "2026-03-01T05:00:00Z", "2026-04-01T04:00:00Z",
            "America/New_York", "2026-03-01 to 2026-03-31, America/New_York"
        ),
        ("a day", "2026-01-01T00:00:00Z", "2026-01-02T00:00:00Z", "UTC", "2026-01-01, UTC"),
        (
            "a split period", "2026-01-01T00:00:00Z", "2026-01-11T10:30:00Z", "UTC",
            "2026-01-01T00:00:00Z until 2026-01-11T10:30:00Z, UTC"
        ),
        (
            "midnight elsewhere", "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", "Europe/Zurich",
            "2026-01-01T00:00:00Z until 2026-02-01T00:00:00Z, Europe/Zurich"
        ),
        // Clocks in Beirut jump from midnight to one.
        (
            "a midnight that is none", "2026-03-28T22:00:00Z", "2026-03-29T21:00:00Z",
            "Asia/Beirut", "2026-03-29, Asia/Beirut"
        ),
    ])
    func period(
        _ name: String, _ start: String, _ end: String, _ zone: String, _ text: String
    ) throws {
        let json = #"{"start":"\#(start)","end":"\#(end)","timezone":"\#(zone)"}"#
        let lines = PeriodText.lines(try JSONDocument.parse(Array(json.utf8)).root)
        #expect(lines.first == text, "\(name)")
        #expect(lines.last?.hasPrefix("\(start) until \(end)") == true, "\(name)")
    }

    @Test func whatLooksAlikeInGroupsIsToldApart() throws {
        let line = """
            {"description": "Calls", "groups": [
              {"group": {"status": 200, "path": "/a"}, "quantity": "1", "eventCount": 1},
              {"group": {"status": "200", "path": null}, "quantity": "2", "eventCount": 2},
              {"group": {"status": "", "path": {"b": [true]}}, "quantity": "3", "eventCount": 3},
              {"group": null, "quantity": "4", "eventCount": 4}]}
            """
        let groups = try #require(
            InvoiceDocument.Groups(try JSONDocument.parse(Array(line.utf8)).root))
        #expect(groups.title == "Calls by path, status")
        #expect(
            groups.rows.map(\.values) == [
                ["/a", "200"], ["null", "\"200\""], [#"{"b":[true]}"#, "\"\""],
                ["(all others)", ""],
            ])
        #expect(groups.rows.map(\.quantity) == ["1", "2", "3", "4"])
    }

    @Test func columnsAreAlignedWhateverTheScript() {
        var table = TextTable([("Line", .left), ("Amount", .right)])
        table.add(["e\u{301}té", "1"])
        table.add(["日本語の請求", "22.00"])
        #expect(
            table.lines() == [
                "  Line          Amount", "  ------------  ------", "  e\u{301}té                1",
                "  日本語の請求   22.00",
            ])
    }
}
