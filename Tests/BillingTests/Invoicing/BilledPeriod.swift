import Billing
import JSON

/// A period's invoice and then its corrections, each made when what counts has changed.
struct BilledPeriod {
    let plan: Plan
    let share: Fraction
    /// The lines of each invoice so far.
    private(set) var billed: [[InvoiceLine]] = []

    init(_ draft: InvoiceDraft) throws {
        plan = try draft.plan()
        share = draft.share
    }

    /// All lines, whatever was billed.
    func all(_ usages: [LineUsage]) throws -> [InvoiceLine] {
        try LineAssembly(plan: plan, share: share).lines(usages)
    }

    /// The next invoice's lines: the period's, and from then on what changes on them.
    mutating func bill(_ usages: [LineUsage]) throws -> [InvoiceLine] {
        var lines = try all(usages)
        if !billed.isEmpty {
            lines = try CorrectionAssembly.lines(all: lines, billed: billed, of: "inv_1")
        }
        billed.append(lines)
        return lines
    }

    /// The next invoice's lines where each usage charge has this quantity, in the plan's order.
    mutating func bill(_ quantities: String...) throws -> [InvoiceLine] {
        try bill(quantities)
    }

    mutating func bill(_ quantities: [String]) throws -> [InvoiceLine] {
        try bill(
            quantities.map { text in
                let quantity = Fraction(try decimal(text))
                return LineUsage(priced: .quantity(quantity), quantity: quantity)
            })
    }
}

extension InvoiceLine {
    /// Its breakdown as an invoice prints it.
    var printedBreakdown: [String] { breakdown.map { String(decoding: $0.json, as: UTF8.self) } }
}
