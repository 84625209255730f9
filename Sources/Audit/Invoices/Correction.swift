internal import Billing

/// What an invoice and its corrections have billed so far, line by line.
struct Billed {
    private(set) var lines: [String: Line] = [:]
    /// In the order in which they came.
    private(set) var ids: [String] = []

    mutating func add(_ invoiced: [Line]) throws {
        for line in invoiced {
            guard var known = lines[line.id] else {
                lines[line.id] = line
                ids.append(line.id)
                continue
            }
            known.amount = try known.amount + line.amount
            known.unrounded = try known.unrounded + line.unrounded
            if let quantity = line.quantity {
                known.quantity = try (known.quantity ?? .zero) + quantity
            }
            lines[line.id] = known
        }
    }

    /// The lines of a correction: all less what was billed, without those whose amount stays.
    ///
    /// - Parameters:
    ///   - all: the lines as they must be with all records.
    ///   - invoice: the id of the invoice that is corrected.
    func correction(to all: [Line], of invoice: String, _ currency: Currency) throws -> [Line] {
        var correction: [Line] = []
        for line in all { correction.append(try difference(from: line, lines[line.id])) }
        // Every charge has a line on either side, so what is gone is a true-up: a charge's stands
        // behind the charge's line, the plan's at the end.
        for id in ids where !all.contains(where: { $0.id == id }) {
            guard let billed = lines[id] else { continue }
            var gone = billed
            gone.amount = try -billed.amount
            gone.unrounded = try -billed.unrounded
            gone.breakdown = [try Self.entry(billed.unrounded)]
            let own = correction.lastIndex { $0.charge != nil && $0.charge == billed.charge }
            correction.insert(gone, at: own.map { $0 + 1 } ?? correction.count)
        }
        return try correction.filter { !$0.amount.isZero }.map { line in
            var line = line
            line.corrects = invoice
            line.amount = try line.amount.rescaled(to: currency.minorDigits)
            return line
        }
    }

    private func difference(from line: Line, _ billed: Line?) throws -> Line {
        var line = line
        line.amount = try line.amount - (billed?.amount ?? .zero)
        line.unrounded = try line.unrounded - (billed?.unrounded ?? .zero)
        if let quantity = line.quantity {
            line.quantity = try quantity - (billed?.quantity ?? .zero)
        }
        line.breakdown.append(try Self.entry(billed?.unrounded ?? .zero))
        return line
    }

    private static func entry(_ billed: Fraction) throws -> BreakdownEntry {
        BreakdownEntry(.billed(billed), amount: try -billed)
    }
}
