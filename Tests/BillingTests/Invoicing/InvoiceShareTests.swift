import Billing
import TestRandom
import Testing

/// What a short or split period costs: its exact share of minimums and prorated fees.
struct InvoiceShareTests {
    private static let draft = InvoiceDraft(
        minimum: "310",
        charges: [
            InvoiceDraft.flat("prorated", "31", prorate: true), InvoiceDraft.flat("whole", "10"),
        ])

    @Test(arguments: [
        ("a whole month", "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z", "31.00", "310.00"),
        ("from the 15th on", "2026-01-15T00:00:00Z", "2026-02-01T00:00:00Z", "17.00", "170.00"),
        ("until the 15th", "2026-01-01T00:00:00Z", "2026-01-15T00:00:00Z", "14.00", "140.00"),
        // 36 of 744 hours.
        ("a day and a half", "2026-01-01T00:00:00Z", "2026-01-02T12:00:00Z", "1.50", "15.00"),
        ("a microsecond", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000001Z", "0.00", "10.00"),
        (
            "February by its own days", "2026-02-15T00:00:00Z", "2026-03-01T00:00:00Z", "15.50",
            "155.00"
        ),
    ])
    func aShortPeriodCostsItsShare(
        _ name: String, _ start: String, _ end: String, _ fee: String, _ total: String
    ) throws {
        let closing = try Closing(Self.draft, start: start, end: end)
        let invoice = try closing.invoice([])
        #expect(Array(invoice.lines.amounts.prefix(2)) == ["prorated \(fee)", "whole 10.00"])
        #expect(invoice.total.padded == total)
    }

    /// The parts of a split period: their shares add up to 1, so their unrounded fees to the whole.
    @Test(arguments: Seed.all)
    func thePartsOfASplitPeriodAddUp(_ seed: Seed) throws {
        var random = seed.random
        let (start, end) = (
            try instant("2026-02-01T00:00:00Z"), try instant("2026-03-01T00:00:00Z")
        )
        let fee = "99.99"
        let draft = InvoiceDraft(charges: [InvoiceDraft.flat("f", fee, prorate: true)])
        for _ in 0..<300 {
            let cuts = (0..<random.int(0...4)).map { _ in
                let range = Int(start.microseconds + 1)...Int(end.microseconds - 1)
                return Instant(microseconds: Int64(random.int(range)))
            }
            let bounds = [start] + Set(cuts).sorted() + [end]
            var sum = Fraction.zero
            var rounded = ExactDecimal.zero
            for (from, to) in zip(bounds, bounds.dropFirst()) {
                let closing = try Closing(
                    draft, start: from.description, end: to.description,
                    startsAt: start.description)
                let line = try #require(try closing.invoice([]).lines.first)
                sum = try sum + line.unroundedAmount
                rounded = try rounded + line.amount
            }
            #expect(sum ~= Fraction(try decimal(fee)), "\(bounds)")
            // Each part is rounded once, by half a cent at most.
            let difference = try rounded - decimal(fee)
            let most = ExactDecimal(mantissa: Int128(bounds.count - 1) * 5, scale: 3)
            #expect(try difference <= most && -difference <= most)
        }
    }
}
