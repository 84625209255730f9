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
    /// - Throws: where the file cannot be read.
    package static func verify(_ id: String, in path: String) throws -> InvoiceVerification? {
        let file = try LedgerFile(path: path)
        guard let stored = try StoredInvoice.Reader(file).invoice(id) else { return nil }
        var fault: Difference?
        do {
            var account = try InvoiceAccount(of: stored, in: file)
            let expected = try account.recompute { record in
                if let difference = record.difference, fault == nil { fault = difference }
            }
            let comparison = try InvoiceComparison(of: stored, with: expected)
            return InvoiceVerification(
                lines: comparison.lines, firstDifference: fault ?? comparison.difference)
        } catch let difference as Difference {
            let lines = (try? JSONDocument.parse(stored.body).root.lines) ?? []
            return InvoiceVerification(
                lines: lines.map { LineVerification(lineId: $0.id, matches: false) },
                firstDifference: fault ?? difference)
        }
    }
}
