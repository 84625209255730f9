internal import Billing
internal import JSON

/// The account that an invoice belongs to, as far as it is about this invoice.
struct InvoiceAccount {
    /// The close, advance or correction that the invoice rests on.
    let close: CloseRecord
    /// What it corrects, then the corrections since, and itself: only itself where it corrects none.
    let chain: [CloseRecord]
    var account: Account
    let history: CustomerHistory
    private let file: LedgerFile

    /// - Throws: `Difference` where the log does not call for the invoice.
    init(of invoice: StoredInvoice, in file: LedgerFile) throws {
        let catalog = try file.catalog()
        let history = try CustomerHistory(of: invoice.customerId, in: file, catalog)
        let closes = history.closes[invoice.subscriptionId] ?? []
        guard
            let subscription = history.subscriptions.first(where: {
                $0.id == invoice.subscriptionId
            }),
            let close = closes.first(where: { $0.number == invoice.number })
        else { throw Difference("invoice \(invoice.number) is none by the log") }
        let base = close.corrects ?? close.number
        chain = closes.filter {
            $0.number <= close.number && ($0.number == base || $0.corrects == base)
        }
        account = try Account(
            subscription, history, catalog, invoices: Set(chain.map(\.number)))
        account.watch(try invoice.digests(), of: close.periodStart)
        (self.close, self.history, self.file) = (close, history, file)
    }

    /// Reads the customer's events up to the cutoff.
    ///
    /// - Parameter look: is shown every record that is read.
    /// - Returns: the invoice as it must be.
    mutating func recompute(_ look: (CheckedRecord) throws -> Void) throws -> ExpectedInvoice {
        var cutoffs = account.cutoffs[...]
        var expected: ExpectedInvoice?
        func reach(_ sequence: Int64, _ account: inout Account) throws {
            while let cutoff = cutoffs.first, cutoff < sequence {
                cutoffs.removeFirst()
                let outcome = try account.reach(cutoff, chain: try file.chain(at: cutoff))
                if let difference = outcome.differences.first { throw difference }
                expected = outcome.invoices.last ?? expected
            }
        }
        if chain[0].kind != .advance {
            let history = history
            let events = try CustomerEvents(of: history.id, in: file)
            try events.events(through: close.cutoff) { record in
                try look(record)
                guard let event = record.event else { return }
                try reach(event.sequence, &account)
                try account.take(event, void: history.void(of: event))
            }
        }
        try reach(.max, &account)
        guard let expected, expected.close.number == close.number else {
            throw Difference("invoice \(close.number) is none by the log")
        }
        return expected
    }
}

extension CustomerHistory {
    /// What took an event out, if anything did.
    func void(of event: EventRecord) -> VoidRecord? {
        if voids.isEmpty { return nil }
        return voidsByEvent[event.event.customerEventId].map { voids[$0] }
    }
}

extension StoredInvoice {
    /// The digests on its lines, by charge.
    fileprivate func digests() throws -> [String: Digest] {
        var digests: [String: Digest] = [:]
        for line in (try? JSONDocument.parse(body).root.lines) ?? [] {
            guard let text = line.node.member("evidence")?.member("digest")?.string else {
                continue
            }
            digests[line.id] = Digest(hex: text.dropFirst("sha256:".count))
        }
        return digests
    }
}

extension Digest {
    /// - Returns: nil unless `text` is 64 hexadecimal digits.
    fileprivate init?(hex text: Substring) {
        var bytes: [UInt8] = []
        var rest = text
        while !rest.isEmpty {
            guard let byte = UInt8(rest.prefix(2), radix: 16) else { return nil }
            bytes.append(byte)
            rest = rest.dropFirst(2)
        }
        self.init(bytes)
    }
}
