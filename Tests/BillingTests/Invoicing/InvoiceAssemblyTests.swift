import Billing
import JSON
import Testing

/// A closed period becomes an invoice: its JSON, byte for byte, its total and its shares.
struct InvoiceAssemblyTests {
    /// All that the contract says of an invoice, in its order; our `log` comes last.
    static let golden = """
        {"id":"inv_52d1d45abb4b4663b1d9e1e08dcba927_42","number":"INV-000042","kind":"period",\
        "status":"finalized","revision":0,\
        "customer":{"id":"acme","name":"Acme \\"&\\" Söhne","metadata":{"a":[1.5],"b":null}},\
        "customerId":"acme","subscriptionId":"s","plan":{"key":"basic","version":3},\
        "currency":"USD",\
        "period":{"start":"2026-02-01T00:00:00Z","end":"2026-03-01T00:00:00Z","timezone":"UTC"},\
        "issuedAt":"2026-03-01T00:05:00Z","lines":[\
        {"id":"a","type":"usage","charge":"a","meter":"m-a","description":"Charge a",\
        "period":{"start":"2026-02-01T00:00:00Z","end":"2026-03-01T00:00:00Z","timezone":"UTC"},\
        "quantity":"4","amount":"0.06","unroundedAmount":"0.06",\
        "breakdown":[{"units":"4","unitAmount":"0.015","amount":"0.06"}],\
        "groups":[{"group":{"region":"eu"},"quantity":"3","eventCount":2},\
        {"group":null,"quantity":"1","eventCount":1}],\
        "evidence":{"eventCount":3,"lateEventCount":1,"firstEventAt":"2026-02-10T00:00:00Z",\
        "lastEventAt":"2026-02-12T00:00:00Z","firstSequence":1,"lastSequence":3,\
        "digest":"sha256:3a53eead4908e787beb2ee5205be42b47d4f0a6a888cfee1d304fc1dc3324722"}},\
        {"id":"a#minimum","type":"minimum","charge":"a","description":"Minimum of Charge a",\
        "period":{"start":"2026-02-01T00:00:00Z","end":"2026-03-01T00:00:00Z","timezone":"UTC"},\
        "amount":"0.94","unroundedAmount":"0.94","breakdown":[{"minimum":"1","amount":"0.94"}]},\
        {"id":"b","type":"usage","charge":"b","meter":"m-b","description":"Charge b",\
        "period":{"start":"2026-02-01T00:00:00Z","end":"2026-03-01T00:00:00Z","timezone":"UTC"},\
        "quantity":"0","amount":"0.00","unroundedAmount":"0",\
        "breakdown":[{"units":"0","unitAmount":"1","amount":"0"}],\
        "evidence":{"eventCount":0,"lateEventCount":0,\
        "digest":"sha256:\(String(repeating: "0", count: 64))"}},\
        {"id":"f","type":"flat","charge":"f","description":"Charge f",\
        "period":{"start":"2026-02-01T00:00:00Z","end":"2026-03-01T00:00:00Z","timezone":"UTC"},\
        "amount":"7.00","unroundedAmount":"7","breakdown":[{"flatAmount":"7","amount":"7"}]},\
        {"id":"#minimum","type":"minimum","charge":null,"description":"Minimum of Basic",\
        "period":{"start":"2026-02-01T00:00:00Z","end":"2026-03-01T00:00:00Z","timezone":"UTC"},\
        "amount":"2.00","unroundedAmount":"2","breakdown":[{"minimum":"10","amount":"2"}]}],\
        "total":"10.00","log":{"cutoffSequence":9,"chain":\
        "sha256:9414886b1ebf025db067a4cbd13a0903fbd9733a5372bba1b58bd72c1699b798"}}
        """

    private func closing() throws -> Closing {
        let draft = InvoiceDraft(
            minimum: "10",
            charges: [
                InvoiceDraft.usage(
                    "a", #"{"model":"perUnit","unitAmount":"0.015","minimum":"1"}"#),
                InvoiceDraft.unit("b"), InvoiceDraft.flat("f", "7"),
            ])
        return try Closing(draft, start: "2026-02-01T00:00:00Z", end: "2026-03-01T00:00:00Z")
    }

    /// Three events of two groups, one of them late.
    private func accumulators() throws -> [Accumulator] {
        let price = try Metering.perUnit()
        var accumulator = Accumulator()
        let eu = Array(#"{"region":"eu"}"#.utf8)
        for (sequence, day, value, key) in [
            (1, 11, 1, eu), (2, 10, 2, eu), (3, 12, 1, nil),
        ] as [(Int64, Int, Int, [UInt8]?)] {
            let record = Metering.record(
                sequence, .decimal(ExactDecimal(value)),
                at: try instant("2026-02-\(day)T00:00:00Z"), isLate: sequence == 3,
                group: GroupMembership(key: key, isNewValue: false))
            try accumulator.fold(record, price)
        }
        return [accumulator, Accumulator()]
    }

    @Test func isWrittenAsTheContractSays() throws {
        let invoice = try closing().invoice(accumulators())
        #expect(String(decoding: invoice.json, as: UTF8.self) == Self.golden)
    }

    @Test func isTheSameByteForByteHoweverOftenItIsMade() throws {
        let first = try closing().invoice(accumulators()).json
        for _ in 0..<20 { #expect(try closing().invoice(accumulators()).json == first) }
        #expect(try JSONDocument.parse(first).root.kind == .object)
    }

    @Test func anotherRevisionIsAnotherInvoice() throws {
        var closing = try closing()
        let first = try closing.invoice(accumulators())
        closing.revision = 1
        closing.kind = .correction
        let second = try closing.invoice(accumulators())
        #expect(first.id != second.id)
        #expect(second.revision == 1 && second.kind == .correction)
    }

    /// SHA-256 over kind, subscription, start and revision, each behind its length as 4 bytes, made
    /// with Python's hashlib.
    @Test func idsFollowFromWhatAThingIs() throws {
        let subscription = try #require(Identifier("sub/é"))
        let start = try instant("2026-01-01T00:00:00Z")
        #expect(
            DeterministicID.invoice(
                .period, subscription: subscription, periodStart: start, revision: 3, number: 7)
                == "inv_0f12acc47640398049b8fc95ea23c85a_7")
        #expect(DeterministicID.number(ofInvoice: "inv_0f12acc47640398049b8fc95ea23c85a_7") == 7)
        let s = try #require(Identifier("s"))
        #expect(
            DeterministicID.message(
                type: "invoice.finalized", subscription: s,
                periodStart: try instant("2026-02-01T00:00:00Z"), revision: 0)
                == "msg_b170e0b72bb1a81b81cd85c2a56cd2c6")
        // Joined without lengths these two would be one.
        let parts = try [("a", "bc"), ("ab", "c")].map { type, id in
            DeterministicID.message(
                type: type, subscription: try #require(Identifier(id)), periodStart: start,
                revision: 0)
        }
        #expect(parts[0] != parts[1])
    }

    @Test(arguments: [
        (Int64(1), "INV-000001"), (999_999, "INV-999999"), (1_000_000, "INV-1000000"),
        (.max, "INV-9223372036854775807"),
    ])
    func numbersGrowPastSixDigits(_ number: Int64, _ text: String) {
        #expect(InvoiceNumber.text(number) == text)
    }

    /// 3 × 0.335 is 1.005, but three lines of 0.34 are 1.02.
    @Test(arguments: [
        ("USD", "0.335", "0.34", "1.02"), ("USD", "0.334", "0.33", "0.99"),
        ("JPY", "0.5", "1", "3"), ("KWD", "0.0004", "0.000", "0.000"),
    ])
    func theTotalIsTheSumOfRoundedLines(
        _ currency: String, _ unitAmount: String, _ amount: String, _ total: String
    ) throws {
        let price = #"{"model":"perUnit","unitAmount":"\#(unitAmount)"}"#
        let draft = InvoiceDraft(
            currency: currency, charges: ["a", "b", "c"].map { InvoiceDraft.usage($0, price) })
        let closing = try Closing(
            draft, start: "2026-02-01T00:00:00Z", end: "2026-03-01T00:00:00Z")
        var accumulator = Accumulator()
        try accumulator.fold(Metering.record(1, .decimal(.one)), Metering.perUnit())
        let invoice = try closing.invoice([accumulator, accumulator, accumulator])
        #expect(invoice.lines.map(\.amount.padded) == [amount, amount, amount])
        #expect(invoice.total.padded == total)
    }

    @Test func aTotalThatOverflowsIsAnError() throws {
        let draft = InvoiceDraft(charges: [InvoiceDraft.unit("a"), InvoiceDraft.unit("b")])
        let closing = try Closing(
            draft, start: "2026-02-01T00:00:00Z", end: "2026-03-01T00:00:00Z")
        var accumulator = Accumulator()
        let most = ExactDecimal(mantissa: .max, scale: 2)
        try accumulator.fold(Metering.record(1, .decimal(most)), Metering.perUnit())
        let lines = try closing.invoice([accumulator, Accumulator()]).lines
        #expect(lines.map(\.amount) == [most, .zero])
        #expect(throws: ArithmeticError.overflow) {
            try closing.invoice([accumulator, accumulator])
        }
    }

    @Test func anInvoiceOfNothingIsOneToo() throws {
        let closing = try Closing(
            InvoiceDraft(), start: "2026-02-01T00:00:00Z", end: "2026-03-01T00:00:00Z")
        let invoice = try closing.invoice([])
        #expect(invoice.lines.isEmpty)
        #expect(invoice.total.padded == "0.00")
    }
}
