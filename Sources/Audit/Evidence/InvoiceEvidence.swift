internal import Billing
package import JSON

/// What an invoice rests on, written out so that anybody can compute it again without a ledger.
///
/// `verify.py` reads these files; its own text says what is in them.
package enum InvoiceEvidence {
    /// A file of the evidence.
    package enum File: String, Sendable, CaseIterable {
        /// The cutoffs, the whole periods, and the invoices in their order.
        case evidence = "evidence.json"
        /// The plan version, with the meters that it fixes.
        case plan = "plan.json"
        /// Every event and void behind the lines, one a line, in log order.
        case events = "events.ndjson"
        /// Events that counted a value elsewhere, which a late one has too.
        case known = "known.ndjson"
    }

    /// What was written.
    package struct Summary: Sendable, JSONWritable {
        package fileprivate(set) var events = 0
        package fileprivate(set) var voids = 0

        package func write(to writer: inout JSONWriter) {
            writer.object { writer in
                writer.member("events", events)
                writer.member("voids", voids)
            }
        }
    }

    /// Writes out the evidence of an invoice.
    ///
    /// - Parameters:
    ///   - path: of the ledger's file, which a server may have open.
    ///   - append: adds bytes to a file by its name.
    /// - Returns: nil where there is no such invoice.
    /// - Throws: what `append` throws; `UnreadableLedger`; `Difference` where the log does not call for
    ///   the invoice.
    package static func export(
        _ id: String, from path: String, _ append: @escaping (String, [UInt8]) throws -> Void
    ) throws -> Summary? {
        try LedgerFile.reading(path) { try export(id, from: $0, append) }
    }

    private static func export(
        _ id: String, from file: LedgerFile,
        _ append: @escaping (String, [UInt8]) throws -> Void
    ) throws -> Summary? {
        let invoices = try StoredInvoice.Reader(file)
        guard let stored = try invoices.invoice(id) else { return nil }
        var account = try InvoiceAccount(of: stored, in: file)
        let names = account.chain.dropLast().indices.map { "earlier-\($0 + 1).json" }
        for (name, close) in zip(names + ["invoice.json"], account.chain) {
            guard let invoice = try invoices.invoice(close.number) else {
                throw Difference("invoice \(close.number) is missing", sequence: close.sequence)
            }
            try append(name, invoice.body)
        }
        try append(File.evidence.rawValue, account.evidence(names + ["invoice.json"]))
        try append(File.plan.rawValue, account.plan())
        let writer = EvidenceWriter(account, file, append)
        account.account.observe = { writer.take($0) }
        _ = try account.recompute { _ in try writer.flush() }
        try writer.finish()
        return Summary(events: writer.eventCount, voids: writer.voidCount)
    }
}

extension InvoiceAccount {
    /// What is known of the invoices besides what they say.
    fileprivate func evidence(_ files: [String]) throws -> [UInt8] {
        var writer = JSONWriter()
        try writer.object { writer in
            writer.member("format", 1)
            writer.member("base", chain[0].kind.rawValue)
            writer.member("customerId", history.id)
            writer.member("subscriptionId", close.subscriptionId)
            writer.key("invoices")
            try writer.array { writer in
                for (name, close) in zip(files, chain) {
                    guard let period = account.timeline.priced[close.number] else {
                        throw Difference("invoice \(close.number) is of no period")
                    }
                    let whole = period.terms.schedule.whole(of: period.span)
                    writer.object { writer in
                        writer.member("file", name)
                        writer.member("cutoffSequence", close.cutoff)
                        writer.member("issuedAt", close.recordedAt)
                        writer.member("timezone", period.span.timezone.name)
                        writer.member("start", period.span.start)
                        writer.member("end", period.span.end)
                        writer.member("wholeStart", whole.lowerBound)
                        writer.member("wholeEnd", whole.upperBound)
                    }
                }
            }
        }
        return writer.bytes
    }

    /// The version that the invoice is priced by.
    fileprivate func plan() throws -> [UInt8] {
        guard let period = account.timeline.priced[close.number] else { return [] }
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("key", period.terms.reference.key)
            writer.member("version", period.terms.reference.version)
            writer.member("minorDigits", period.plan.plan.currency.minorDigits)
            writer.member("plan", period.plan.plan)
            writer.member("meters", each: period.plan.meters)
        }
        return writer.bytes
    }
}
