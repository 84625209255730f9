import Billing
import JSON
import TestRandom
import Testing

/// What must hold of a period's invoices together, on plans and usage drawn at random.
struct CorrectionPropertyTests {
    /// The amounts that one charge's events carry; they come late and are voided.
    private struct Usage {
        let price: Price
        let isAverage: Bool
        var amounts: [ExactDecimal] = []

        init(_ price: Price, _ random: inout SeededRandom) {
            self.price = price
            isAverage = !price.model.kind.takesTransactions && random.chance(1, in: 4)
        }

        mutating func change(_ random: inout SeededRandom) throws {
            for _ in 0..<random.int(0...2) where !amounts.isEmpty {
                amounts.remove(at: random.int(0...(amounts.count - 1)))
            }
            for _ in 0..<random.int(0...2) {
                let sign = random.chance(1, in: 9) ? "-" : ""
                amounts.append(
                    try decimal(sign + random.decimal(integerDigits: 4, fractionDigits: 3)))
            }
        }

        var line: LineUsage {
            get throws {
                var priced = try price.usage(of: amounts)
                if isAverage, !amounts.isEmpty {
                    let count = ExactDecimal(amounts.count)
                    priced = .quantity(try priced.quantity / count)
                }
                return LineUsage(priced: priced, quantity: try priced.quantity)
            }
        }
    }

    /// The sum of a period's invoice and its corrections is its price, rounded once.
    @Test(arguments: PriceModel.Kind.allCases, Seed.all)
    func invoicesAddUpToThePriceOfAllUsage(_ kind: PriceModel.Kind, _ seed: Seed) throws {
        var random = seed.random
        for _ in 0..<100 {
            var period = try BilledPeriod(draft(kind, &random))
            var usages = period.plan.usageCharges.map { Usage($0.usage.price, &random) }
            for _ in 0..<random.int(2...7) {
                for index in usages.indices { try usages[index].change(&random) }
                let lines = try usages.map { try $0.line }
                try check(period.bill(lines), period, all: period.all(lines))
            }
        }
    }

    private func check(
        _ last: [InvoiceLine], _ period: BilledPeriod, all: [InvoiceLine]
    ) throws {
        let billed = Array(period.billed.joined())
        #expect(try billed.total == all.total)
        for id in Set(billed.map(\.id)).union(all.map(\.id)) {
            let now = all.first { $0.id == id }
            let then = billed.filter { $0.id == id }
            #expect(try then.total == now?.amount ?? .zero, "\(id)")
            // What is not rounded agrees as soon as the line is billed again.
            guard last.contains(where: { $0.id == id }) else { continue }
            let unrounded = try then.reduce(.zero) { try $0 + $1.unroundedAmount }
            #expect(unrounded ~= now?.unroundedAmount ?? .zero, "\(id)")
            let quantity = try then.reduce(.zero) { try $0 + ($1.quantity ?? .zero) }
            #expect(quantity ~= now?.quantity ?? .zero, "\(id)")
        }
        guard period.billed.count > 1 else { return }
        for line in last { try check(line, period.plan.currency) }
        #expect(last.map(\.id) == order(period.plan).filter(last.map(\.id).contains))
    }

    private func check(_ line: InvoiceLine, _ currency: Currency) throws {
        #expect(!line.amount.isZero && line.amount.scale == currency.minorDigits, "\(line)")
        #expect(line.corrects?.lineId == line.id)
        let sum = try line.breakdown.reduce(.zero) { try $0 + $1.amount }
        #expect(sum ~= line.unroundedAmount, "\(line)")
        guard case .billed = line.breakdown.last?.basis else {
            Issue.record("nothing says what was billed: \(line)")
            return
        }
    }

    /// The ids of all lines that a plan can have, in its order.
    private func order(_ plan: Plan) -> [String] {
        plan.charges.flatMap { [$0.key, $0.key + "#minimum"] } + ["#minimum"]
    }

    private func draft(
        _ kind: PriceModel.Kind, _ random: inout SeededRandom
    ) throws -> InvoiceDraft {
        var draft = InvoiceDraft(currency: random.element(["USD", "JPY", "KWD", "CLF"]))
        for number in 0..<random.int(1...3) {
            let price = RandomPrice(kind, withOptions: true, &random)
            draft.charges.append(InvoiceDraft.usage("u\(number)", price.json))
        }
        if random.chance(1, in: 2) {
            let fee = random.decimal(integerDigits: 3, fractionDigits: 3)
            draft.charges.insert(
                InvoiceDraft.flat("f", fee, random.element(["advance", "arrears"])), at: 0)
        }
        if random.chance(1, in: 2) {
            draft.minimum = random.decimal(integerDigits: 4, fractionDigits: 3)
        }
        if random.chance(1, in: 2) { draft.share = try fraction(random.int(1...31), 31) }
        return draft
    }
}
