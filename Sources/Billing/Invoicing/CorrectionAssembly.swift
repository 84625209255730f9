/// What changes on lines that were billed: a line as it is now, less what was billed of it.
///
/// Amounts are taken off as they were rounded, so that a period's invoices always add up to its
/// price rounded once. What a line's rounding left out, and quantities that cost nothing yet, stand
/// on no invoice: the next correction of the line catches up on them.
package enum CorrectionAssembly {
    /// The lines of a correction, in the plan's order; those whose amount stays are left out.
    ///
    /// - Parameters:
    ///   - all: the lines priced from all records that count now.
    ///   - billed: the lines of the corrected invoice, then those of each of its corrections.
    ///   - invoiceId: the corrected invoice's id.
    package static func lines(
        all: [InvoiceLine], billed: [[InvoiceLine]], of invoiceId: String
    ) throws(ArithmeticError) -> [InvoiceLine] {
        let billed = Array(billed.joined())
        let billedById = Dictionary(grouping: billed, by: \.id)
        var corrections: [InvoiceLine] = []
        for line in try inOrder(all, billed) {
            let correction = try line.less(billedById[line.id] ?? [], of: invoiceId)
            if let correction { corrections.append(correction) }
        }
        return corrections
    }

    /// All lines, and as lines of nothing those that only `billed` has.
    ///
    /// Every charge has its line on either side, so those are true-ups that are no longer due: a
    /// charge's stands after the charge's line, the plan's at the end.
    private static func inOrder(
        _ all: [InvoiceLine], _ billed: [InvoiceLine]
    ) throws(ArithmeticError) -> [InvoiceLine] {
        var lines = all
        var ids = Set(all.map(\.id))
        for line in billed where ids.insert(line.id).inserted {
            let own = line.charge.flatMap { key in lines.lastIndex { $0.charge == key } }
            lines.insert(try line.emptied, at: own.map { $0 + 1 } ?? lines.endIndex)
        }
        return lines
    }
}

extension InvoiceLine {
    /// The line where nothing is due any more.
    fileprivate var emptied: InvoiceLine {
        get throws(ArithmeticError) {
            InvoiceLine(
                id: id, kind: kind, charge: charge, meter: meter, description: description,
                quantity: quantity.map { _ in .zero },
                amount: try ExactDecimal.zero.rescaled(to: amount.scale), unroundedAmount: .zero,
                breakdown: [], groups: [], evidence: nil)
        }
    }

    /// What is due of the line after what was billed of it; nil where that is no amount.
    fileprivate func less(
        _ billed: [InvoiceLine], of invoiceId: String
    ) throws(ArithmeticError) -> InvoiceLine? {
        var due = amount
        var unrounded = Fraction.zero
        var units = Fraction.zero
        // Summed before they are taken off: an invoice and its corrections add up to the price that
        // was billed last, so no denominators pile up.
        for line in billed {
            due = try due - line.amount
            unrounded = try unrounded + line.unroundedAmount
            units = try units + (line.quantity ?? .zero)
        }
        guard !due.isZero else { return nil }
        let taken = BreakdownEntry(.billed(unrounded), amount: try -unrounded)
        var quantity = quantity
        if let used = quantity { quantity = try used - units }
        return InvoiceLine(
            id: id, kind: kind, charge: charge, meter: meter, description: description,
            quantity: quantity, amount: due, unroundedAmount: try unroundedAmount - unrounded,
            breakdown: breakdown + [taken], groups: groups, evidence: evidence,
            corrects: LineReference(invoiceId: invoiceId, lineId: id))
    }
}
