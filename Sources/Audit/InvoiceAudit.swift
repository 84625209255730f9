internal import Billing
package import JSON

/// What the log says of an invoice.
package struct InvoiceVerification: Sendable, JSONWritable {
    package let lines: [LineVerification]
    package let firstDifference: Difference?

    package var isVerified: Bool { firstDifference == nil }

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("verified", isVerified)
            writer.member("lines", each: lines)
            if let firstDifference { writer.member("firstDifference", firstDifference) }
        }
    }
}

/// Recomputes one invoice from its customer's records.
package enum InvoiceAudit {
    /// Verifies an invoice.
    ///
    /// - Parameter path: of the ledger's file, which a server may have open.
    /// - Returns: nil where there is no such invoice.
    /// - Throws: `UnreadableLedger`.
    package static func verify(_ id: String, in path: String) throws -> InvoiceVerification? {
        try LedgerFile.reading(path) { file in
            guard let stored = try StoredInvoice.Reader(file).invoice(id) else { return nil }
            return try verify(stored, file)
        }
    }

    private static func verify(
        _ stored: StoredInvoice, _ file: LedgerFile
    ) throws -> InvoiceVerification {
        var fault: Difference?
        var end = file.head
        var lines: [LineVerification]
        var difference: Difference?
        do {
            var account = try InvoiceAccount(of: stored, in: file)
            end = account.close.cutoff
            let expected = try account.recompute { record in
                if let difference = record.difference, fault == nil { fault = difference }
            }
            let comparison = try InvoiceComparison(of: stored, with: expected)
            (lines, difference) = (comparison.lines, comparison.difference)
        } catch {
            difference = try Difference(error, in: "invoice \(stored.number)")
            lines = ((try? JSONDocument.parse(stored.body).root.lines) ?? []).map {
                LineVerification(lineId: $0.id, matches: false)
            }
        }
        let first = fault ?? difference
        return InvoiceVerification(
            lines: lines,
            firstDifference: try first.map {
                try locate($0, CommitsAround(stored.customerId, through: end, in: file), file)
            })
    }

    /// Tells a difference with the first place at which the log is not what was committed.
    private static func locate(
        _ difference: Difference, _ commits: CommitsAround, _ file: LedgerFile
    ) throws -> Difference {
        let cause: Difference?
        do { cause = try commits.firstDifference() } catch let damage as Difference {
            cause = damage
        }
        // A record that is named already says more than the commit that it was in.
        if let named = difference.sequence, let first = cause?.sequence,
            try first >= file.commit(of: named).lowerBound
        {
            return difference
        }
        return difference.withRecord(of: cause)
    }
}
