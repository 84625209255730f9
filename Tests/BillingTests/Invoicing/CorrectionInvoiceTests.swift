import Billing
import JSON
import Testing

/// The invoices that are no period's: corrections, final ones, and fees in advance.
struct CorrectionInvoiceTests {
    /// What a correction's invoice has beside a period's: what it and its lines correct.
    static let golden = """
        {"id":"inv_aa7f0b1e3fc9c0b7ec846da1d9512187_42","number":"INV-000042","kind":"correction",\
        "status":"finalized","revision":1,\
        "customer":{"id":"acme","name":"Acme \\"&\\" Söhne","metadata":{"a":[1.5],"b":null}},\
        "customerId":"acme","subscriptionId":"s","plan":{"key":"basic","version":3},\
        "currency":"USD",\
        "period":{"start":"2026-02-01T00:00:00Z","end":"2026-03-01T00:00:00Z","timezone":"UTC"},\
        "issuedAt":"2026-03-01T00:05:00Z","lines":[\
        {"id":"a","type":"usage","charge":"a","meter":"m-a","description":"Charge a",\
        "period":{"start":"2026-02-01T00:00:00Z","end":"2026-03-01T00:00:00Z","timezone":"UTC"},\
        "quantity":"9","amount":"9.00","unroundedAmount":"9",\
        "breakdown":[{"units":"13","unitAmount":"1","amount":"13"},\
        {"billed":"4","amount":"-4"}],\
        "evidence":{"eventCount":2,"lateEventCount":1,"firstEventAt":"1970-01-01T00:00:01Z",\
        "lastEventAt":"1970-01-01T00:00:02Z","firstSequence":1,"lastSequence":2,\
        "digest":"sha256:6e642f24819a7678099e01389f832ab23c52ad3fc2e632b90ba501dc146aa5e6"},\
        "corrects":{"invoiceId":"inv_52d1d45abb4b4663b1d9e1e08dcba927_42","lineId":"a"}},\
        {"id":"a#minimum","type":"minimum","charge":"a","description":"Minimum of Charge a",\
        "period":{"start":"2026-02-01T00:00:00Z","end":"2026-03-01T00:00:00Z","timezone":"UTC"},\
        "amount":"-6.00","unroundedAmount":"-6","breakdown":[{"billed":"6","amount":"-6"}],\
        "corrects":{"invoiceId":"inv_52d1d45abb4b4663b1d9e1e08dcba927_42","lineId":"a#minimum"}}],\
        "total":"3.00","corrects":"inv_52d1d45abb4b4663b1d9e1e08dcba927_42",\
        "log":{"cutoffSequence":9,"chain":\
        "sha256:9414886b1ebf025db067a4cbd13a0903fbd9733a5372bba1b58bd72c1699b798"}}
        """

    private func closing(_ charges: String...) throws -> Closing {
        try Closing(
            InvoiceDraft(charges: charges), start: "2026-02-01T00:00:00Z",
            end: "2026-03-01T00:00:00Z")
    }

    /// A charge's usage: one event for each value, late from the second on.
    private func usage(_ values: Int...) throws -> [Accumulator] { try usage(values) }

    private func usage(_ values: [Int]) throws -> [Accumulator] {
        var accumulator = Accumulator()
        for (index, value) in values.enumerated() {
            let record = Metering.record(
                Int64(index + 1), .decimal(ExactDecimal(value)), isLate: index > 0)
            try accumulator.fold(record, Metering.perUnit())
        }
        return [accumulator]
    }

    @Test func aCorrectionIsWrittenAsTheContractSays() throws {
        let closing = try closing(InvoiceDraft.unit("a", minimum: "10"))
        let correction = try closing.correcting([closing.period(usage(4))])
        let invoice = try correction.invoice(usage(4, 9))
        #expect(String(decoding: invoice.json, as: UTF8.self) == Self.golden)
    }

    /// Each close is priced on what it saw, so a chain comes out the same from its frozen parts.
    @Test func aCorrectionTakesOffAllThatCameBefore() throws {
        let closing = try closing(InvoiceDraft.unit("a", minimum: "10"))
        var closes = [closing.period(try usage(4))]
        let corrected = try InvoiceAssembly.invoice(closes[0])
        #expect(corrected.lines.amounts == ["a 4.00", "a#minimum 6.00"])
        #expect(corrected.corrects == nil)
        for (values, amounts, total) in [
            ([4, 9], ["a 9.00", "a#minimum -6.00"], "3.00"), ([4, 9, -3], ["a -3.00"], "-3.00"),
            ([4, 9, -3, -5], ["a -5.00", "a#minimum 5.00"], "0.00"),
            ([4, 9, -3, -5, 5], ["a 5.00", "a#minimum -5.00"], "0.00"),
        ] {
            let correction = try closing.correcting(closes)
            let invoice = try correction.invoice(usage(values))
            #expect(invoice.lines.amounts == amounts)
            #expect(invoice.total.padded == total)
            #expect(invoice.revision == closes.count)
            #expect(invoice.corrects == corrected.id)
            closes.append(correction.period(try usage(values)))
            #expect(try InvoiceAssembly.lines(closes[closes.count - 1]).amounts == amounts)
        }
    }

    @Test func aCorrectionWithoutALineIsNotDue() throws {
        let closing = try closing(InvoiceDraft.unit("a", minimum: "10"))
        let correction = try closing.correcting([closing.period(usage(10))])
        #expect(try InvoiceAssembly.lines(correction.period(usage(10))).isEmpty)
        #expect(try !InvoiceAssembly.lines(correction.period(usage(10, 1))).isEmpty)
    }

    @Test func aFinalInvoiceIsACorrectionOfAnotherName() throws {
        let closing = try closing(InvoiceDraft.unit("a"))
        let closes = [closing.period(try usage(4))]
        let correction = try closing.correcting(closes).invoice(usage(4, 9))
        let last = try closing.correcting(closes, kind: .final).invoice(usage(4, 9))
        #expect(last.kind == .final && last.corrects == correction.corrects)
        #expect(last.lines.amounts == ["a 9.00"] && last.lines.amounts == correction.lines.amounts)
        #expect(last.id != correction.id)
    }

    private func advance() throws -> Closing {
        var advance = try closing(
            InvoiceDraft.flat("prorated", "29.99", "advance", prorate: true),
            InvoiceDraft.unit("a", minimum: "10"), InvoiceDraft.flat("late", "7"),
            InvoiceDraft.flat("whole", "10", "advance"))
        advance.kind = .advance
        return advance
    }

    @Test func anAdvanceInvoiceHasTheFeesInAdvanceOnly() throws {
        let invoice = try advance().invoice([])
        #expect(invoice.id == "inv_c981c3360d3df2f4b77df600fc4327ff_42")
        #expect(invoice.kind == .advance && invoice.corrects == nil)
        #expect(invoice.lines.amounts == ["prorated 29.99", "whole 10.00"])
        #expect(invoice.total.padded == "39.99")
        var period = try advance()
        period.kind = .period
        #expect(
            try period.invoice(usage(4)).lines.amounts
                == ["a 4.00", "a#minimum 6.00", "late 7.00"])
    }

    @Test(arguments: [
        ("half of it", "2026-02-15T00:00:00Z", "prorated -14.99"),
        ("a day", "2026-02-02T00:00:00Z", "prorated -28.92"),
        ("a microsecond", "2026-02-01T00:00:00.000001Z", "prorated -29.99"),
        ("nothing", "2026-02-01T00:00:00Z", "prorated -29.99"),
    ])
    func aPeriodThatEndsEarlyGivesBackWhatIsProrated(
        _ left: String, _ end: String, _ line: String
    ) throws {
        let advance = try advance()
        let correction = try advance.correcting([advance.period([])], end: end).invoice([])
        #expect(correction.lines.amounts == [line])
        #expect(correction.period.end == (try instant(end)))
        let corrected = try advance.invoice([]).id
        #expect(correction.corrects == corrected)
        #expect(correction.lines[0].corrects?.invoiceId == corrected)
        #expect(correction.lines[0].corrects?.lineId == "prorated")
    }

    /// 29.99 × 14 ÷ 28 is 14.995, billed as 15.00; × 7 ÷ 28 it is 7.4975, billed as 7.50.
    @Test func anAdvanceIsCorrectedAsOftenAsItsPeriodIsShortened() throws {
        let advance = try advance()
        var closes = [advance.period([])]
        for (end, line) in [
            ("2026-02-15T00:00:00Z", "prorated -14.99"), ("2026-02-08T00:00:00Z", "prorated -7.50"),
        ] {
            let correction = try advance.correcting(closes, end: end)
            #expect(try correction.invoice([]).lines.amounts == [line])
            closes.append(correction.period([]))
        }
        let again = try advance.correcting(closes, end: "2026-02-08T00:00:00Z")
        #expect(try InvoiceAssembly.lines(again.period([])).isEmpty)
    }
}
