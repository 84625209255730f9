internal import Billing
package import FunctionKit
package import JSON
package import Ledger
internal import Logging

/// Writes the invoice of a closed period.
///
/// The same period gives the same invoice, byte for byte.
package struct GenerateInvoice: Function {
    package static let name = "generateInvoice"

    private let ledger: any InvoiceLedger

    package init(ledger: any InvoiceLedger) { self.ledger = ledger }

    package struct Input: FunctionInput {
        let key: InvoiceKey

        package init?(_ value: FieldValue) {
            guard var reader = value.object() else { return nil }
            let subscriptionId = reader.required("subscriptionId")?.identifier()
            let periodStart = reader.required("periodStart")?.instant()
            let kind: InvoiceKind? = reader.optional("kind")?.choice()
            let revision = reader.optional("revision")?.integer(in: 0...Int(Int32.max))
            reader.refuseUnknown()
            guard let subscriptionId, let periodStart else { return nil }
            key = InvoiceKey(
                subscriptionId: subscriptionId, periodStart: periodStart, kind: kind ?? .period,
                revision: revision ?? 0)
        }
    }

    package func handle(_ input: Input, _ context: FunctionContext) async throws -> StoredJSON {
        let id = input.key.invoiceId
        if let stored = try await ledger.invoice(id) { return StoredJSON(bytes: stored) }
        guard let period = try await ledger.closedPeriod(input.key) else {
            throw Problem(
                .conflict,
                "no \(input.key.kind.rawValue) invoice, revision \(input.key.revision), is due for "
                    + "the period that starts at \(input.key.periodStart): it is not closed")
        }
        // What it corrects comes first, in the outbox too.
        try await ledger.record(try (period.earlier + [period]).map(WrittenInvoice.init))
        guard let stored = try await ledger.invoice(id) else {
            throw Problem(.internalError, "the invoice \(id) was written and cannot be read")
        }
        return StoredJSON(bytes: stored)
    }

    /// Writes the invoices of up to `limit` closed periods in one transaction.
    ///
    /// One that cannot be written is set aside: it holds up no other.
    ///
    /// - Returns: how many periods it dealt with; 0 when no work is left.
    package func drain(limit: Int, _ context: FunctionContext) async throws -> Int {
        let periods = try await ledger.periodsToInvoice(limit: limit)
        var written: [WrittenInvoice] = []
        var failures: [InvoiceFailure] = []
        for period in periods {
            do throws(ArithmeticError) { written.append(try WrittenInvoice(period)) } catch {
                failures.append(
                    InvoiceFailure(
                        number: period.close.invoiceNumber, reason: error.description))
            }
        }
        if !written.isEmpty { try await ledger.record(written) }
        if !failures.isEmpty { try await ledger.setAside(failures) }
        for failure in failures {
            context.logger.error(
                "an invoice cannot be written",
                metadata: [
                    "number": "\(InvoiceNumber.text(failure.number))",
                    "reason": "\(failure.reason)",
                ])
        }
        if !written.isEmpty {
            context.logger.info("invoices written", metadata: ["count": "\(written.count)"])
        }
        return periods.count
    }
}

extension WrittenInvoice {
    init(_ period: ClosedPeriod) throws(ArithmeticError) {
        let invoice = try InvoiceAssembly.invoice(period)
        self.init(
            key: InvoiceKey(
                subscriptionId: period.subscription.id, periodStart: period.span.start,
                kind: period.close.kind, revision: period.close.revision),
            customerId: period.customer.id, number: period.close.invoiceNumber,
            issuedAt: period.close.closedAt, body: invoice.json)
    }
}
