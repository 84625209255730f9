internal import Billing
internal import JSON

/// A line as it must stand on an invoice.
struct Line {
    let id: String
    let type: String
    let charge: String?
    var meter: String?
    let description: String
    var quantity: Fraction?
    var amount: ExactDecimal
    var unrounded: Fraction
    var breakdown: [BreakdownEntry]
    var groups: [Group] = []
    var proof: Proof?
    /// The record behind the last with which it had the digest that was asked about.
    var parted: Int64?
    /// The invoice that it corrects.
    var corrects: String?

    /// A part of the quantity, by the properties that the meter groups by.
    struct Group {
        let key: [UInt8]?
        let quantity: Fraction
        let events: Int64
    }
}

extension Line {
    func write(to writer: inout JSONWriter, _ period: PeriodSpan) {
        writer.object { writer in
            writer.member("id", id)
            writer.member("type", type)
            writer.key("charge")
            if let charge { writer.string(charge) } else { writer.null() }
            if let meter { writer.member("meter", meter) }
            writer.member("description", description)
            writer.member("period", period)
            if let quantity { writer.member("quantity", quantity) }
            writer.member("amount", amount.padded)
            writer.member("unroundedAmount", unrounded)
            writer.member("breakdown", each: breakdown)
            if !groups.isEmpty { writer.member("groups", each: groups) }
            if let proof { writer.member("evidence", proof) }
            guard let corrects else { return }
            writer.key("corrects")
            writer.object { writer in
                writer.member("invoiceId", corrects)
                writer.member("lineId", id)
            }
        }
    }
}

extension Line.Group: JSONWritable {
    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.key("group")
            if let key { writer.raw(key) } else { writer.null() }
            writer.member("quantity", quantity)
            writer.member("eventCount", events)
        }
    }
}

extension Proof: JSONWritable {
    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("eventCount", events)
            writer.member("lateEventCount", lateEvents)
            if events > 0, let firstAt, let lastAt {
                writer.member("firstEventAt", firstAt)
                writer.member("lastEventAt", lastAt)
                writer.member("firstSequence", firstSequence)
                writer.member("lastSequence", lastSequence)
            }
            writer.member("digest", "sha256:\(digest.hex)")
        }
    }
}
