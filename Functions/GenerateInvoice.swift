internal import Billing
package import FunctionKit
package import JSON
package import Ledger
internal import Logging

/// Writes the invoice of a closed period.
///
/// The same period gives the same invoice, byte for byte. With `preview` nothing is written: an
/// open period's invoice is answered as it would be now, with the status `preview`, and null for id and
/// number; `issuedAt` is the clock's instant. A closed period's is the invoice itself, written already
/// or not.
package struct GenerateInvoice: Function {
    package static let name = "generateInvoice"

    private let ledger: any InvoiceLedger & PreviewLedger
    /// Invoices that are made in one go: some 1 ms.
    private static let turn = 32

    package init(ledger: any InvoiceLedger & PreviewLedger) { self.ledger = ledger }

    package struct Input: FunctionInput {
        let key: InvoiceKey
        let isPreview: Bool

        package init?(_ value: FieldValue) {
            guard var reader = value.object() else { return nil }
            let subscriptionId = reader.required("subscriptionId")?.identifier()
            let periodStart = reader.required("periodStart")?.instant()
            let kind: InvoiceKind? = reader.optional("kind")?.choice()
            let revision = reader.optional("revision")?.integer(in: 0...Int(Int32.max))
            isPreview = reader.optional("preview")?.bool() ?? false
            reader.refuseUnknown()
            guard let subscriptionId, let periodStart else { return nil }
            key = InvoiceKey(
                subscriptionId: subscriptionId, periodStart: periodStart, kind: kind ?? .period,
                revision: revision ?? 0)
        }
    }

    /// A preview only reads.
    package static func scope(of request: JSONNode) -> AccessScope {
        request.member("preview")?.kind == .true ? .read : scope
    }

    package func handle(_ input: Input, _ context: FunctionContext) async throws -> StoredJSON {
        // Asked first: what closes meanwhile is found below.
        if input.isPreview, let period = try await ledger.running(input.key, at: context.now) {
            return StoredJSON(bytes: try InvoiceAssembly.invoice(period, as: .preview).json)
        }
        guard let period = try await ledger.closedPeriod(input.key) else { throw input.notDue }
        let id = period.invoiceId
        if let stored = try await ledger.invoice(id) { return StoredJSON(bytes: stored) }
        if input.isPreview { return StoredJSON(bytes: try WrittenInvoice(period).body) }
        // What it corrects comes first, in the outbox too.
        try await ledger.record(try (period.earlier + [period]).map(WrittenInvoice.init))
        guard let stored = try await ledger.invoice(id) else {
            throw Problem(.internalError, "the invoice \(id) was written and cannot be read")
        }
        return StoredJSON(bytes: stored)
    }

    /// Writes invoices of closed periods, up to `limit` in one transaction and some transactions in
    /// all.
    ///
    /// While one batch is stored, the next is made. One that cannot be written is set aside: it
    /// holds up no other.
    ///
    /// - Returns: how many periods it dealt with; 0 when no work is left.
    package func drain(limit: Int, _ context: FunctionContext) async throws -> Int {
        var count = 0
        var batch = try await nextBatch(after: 0, limit: limit)
        for _ in 0..<Limits.batchesPerDrain where batch.count > 0 {
            let stored = batch
            async let following = nextBatch(after: stored.last, limit: limit)
            try await store(stored, context)
            count += stored.count
            batch = try await following
        }
        return count
    }

    /// Makes the invoices of closes that have none, those with a number above `number`.
    private func nextBatch(after number: Int64, limit: Int) async throws -> InvoiceBatch {
        var batch = InvoiceBatch(last: number)
        for period in try await ledger.periodsToInvoice(after: number, limit: limit) {
            batch.add(period)
            // Requests beside it are not to wait for a thread of the pool until all are made.
            if batch.count.isMultiple(of: Self.turn) { await Task.yield() }
        }
        return batch
    }

    private func store(_ batch: InvoiceBatch, _ context: FunctionContext) async throws {
        if !batch.written.isEmpty { try await ledger.record(batch.written) }
        if !batch.failures.isEmpty { try await ledger.setAside(batch.failures) }
        for failure in batch.failures {
            context.logger.error(
                "an invoice cannot be written",
                metadata: [
                    "number": "\(InvoiceNumber.text(failure.number))",
                    "reason": "\(failure.reason)",
                ])
        }
        if !batch.written.isEmpty {
            context.logger.info(
                "invoices written", metadata: ["count": "\(batch.written.count)"])
        }
    }
}

extension GenerateInvoice.Input {
    fileprivate var notDue: Problem {
        let reason =
            switch (key.kind, isPreview) {
            case (.period, false):
                "it is not closed; `preview` shows the invoice as it would be now"
            case (.period, true): "a period has one invoice of this kind, of revision 0"
            case (.advance, _): "nothing of it is to be billed in advance"
            case (.correction, _), (.final, _): "nothing of it was corrected"
            }
        return Problem(
            .conflict,
            "no \(key.kind.rawValue) invoice, revision \(key.revision), is due for the period that "
                + "starts at \(key.periodStart): \(reason)")
    }
}

/// Invoices that are made and not stored yet.
private struct InvoiceBatch: Sendable {
    /// The number of the last.
    private(set) var last: Int64
    private(set) var written: [WrittenInvoice] = []
    private(set) var failures: [InvoiceFailure] = []

    init(last: Int64) { self.last = last }

    var count: Int { written.count + failures.count }

    mutating func add(_ period: ClosedPeriod) {
        last = period.close.invoiceNumber
        do throws(ArithmeticError) { written.append(try WrittenInvoice(period)) } catch {
            failures.append(InvoiceFailure(number: last, reason: error.description))
        }
    }
}

extension WrittenInvoice {
    init(_ period: ClosedPeriod) throws(ArithmeticError) {
        self.init(period, body: try InvoiceAssembly.invoice(period).json)
    }
}
