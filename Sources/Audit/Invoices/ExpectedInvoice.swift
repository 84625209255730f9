internal import Billing
internal import JSON

/// An invoice as it must stand in the store.
struct ExpectedInvoice {
    let close: CloseRecord
    let customer: Customer
    let terms: Timeline.Terms
    let span: PeriodSpan
    let lines: [Line]
    let chain: Digest
    /// The id of the invoice that it corrects.
    let corrects: String?
    /// Of a correction of usage: what its period adds up to at its cutoff.
    let correctedTallies: [ChargeTally]?

    var id: String { close.invoiceId }

    /// What a message calls it.
    var name: String { "invoice \(number)" }

    private var currency: Currency { terms.plan.plan.currency }

    /// The number in the ledger's series: `INV-000042`.
    private var number: String {
        let digits = "\(close.number)"
        return "INV-" + String(repeating: "0", count: max(0, 6 - digits.count)) + digits
    }

    func json() throws -> [UInt8] {
        let total = try lines.map(\.amount).sum().rescaled(to: currency.minorDigits)
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("id", id)
            writer.member("number", number)
            writer.member("kind", close.kind.rawValue)
            writer.member("status", "finalized")
            writer.member("revision", close.revision)
            writer.key("customer")
            writer.object { writer in
                writer.member("id", customer.id)
                writer.key("name")
                if let name = customer.name { writer.string(name) } else { writer.null() }
                writer.key("metadata")
                writer.raw(customer.metadata)
            }
            writer.member("customerId", customer.id)
            writer.member("subscriptionId", close.subscriptionId)
            writer.member("plan", terms.reference)
            writer.member("currency", currency.code)
            writer.member("period", span)
            writer.member("issuedAt", close.recordedAt)
            writer.key("lines")
            writer.array { writer in for line in lines { line.write(to: &writer, span) } }
            writer.member("total", total.padded)
            if let corrects { writer.member("corrects", corrects) }
            writer.key("log")
            writer.object { writer in
                writer.member("cutoffSequence", close.cutoff)
                writer.member("chain", "sha256:\(chain.hex)")
            }
        }
        return writer.bytes
    }
}

extension CloseRecord {
    /// Half a SHA-256 over kind, subscription, start and revision, each behind its length; then the
    /// number.
    var invoiceId: String {
        let parts = [
            Array(kind.rawValue.utf8), subscriptionId.bytes, Array("\(periodStart)".utf8),
            Array("\(revision)".utf8),
        ]
        var bytes: [UInt8] = []
        for part in parts {
            for shift in [24, 16, 8, 0] { bytes.append(UInt8(part.count >> shift & 0xFF)) }
            bytes += part
        }
        return "inv_\(Digest(hashing: bytes).hex.prefix(32))_\(number)"
    }
}
