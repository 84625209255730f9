package import JSON

extension Invoice: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.key("id")
            if let id { writer.string(id) } else { writer.null() }
            writer.key("number")
            if let number { writer.string(number) } else { writer.null() }
            writer.member("kind", kind.rawValue)
            writer.member("status", status.rawValue)
            writer.member("revision", revision)
            writer.key("customer")
            writer.object { writer in
                writer.member("id", customer.id)
                writer.key("name")
                if let name = customer.name { writer.string(name) } else { writer.null() }
                writer.key("metadata")
                writer.raw(customer.metadata)
            }
            writer.member("customerId", customer.id)
            writer.member("subscriptionId", subscriptionId)
            writer.member("plan", plan)
            writer.member("currency", currency)
            writer.member("period", period)
            writer.member("issuedAt", issuedAt)
            writer.key("lines")
            writer.array { writer in
                for line in lines { line.write(to: &writer, period: period) }
            }
            writer.member("total", total.padded)
            if let corrects { writer.member("corrects", corrects) }
            writer.key("log")
            writer.object { writer in
                writer.member("cutoffSequence", cutoffSequence)
                writer.member("chain", chain)
            }
        }
    }
}

extension InvoiceLine {
    fileprivate func write(to writer: inout JSONWriter, period: PeriodSpan) {
        writer.object { writer in
            writer.member("id", id)
            writer.member("type", kind.rawValue)
            writer.key("charge")
            if let charge { writer.string(charge) } else { writer.null() }
            if let meter { writer.member("meter", meter) }
            writer.member("description", description)
            writer.member("period", period)
            if let quantity { writer.member("quantity", quantity) }
            writer.member("amount", amount.padded)
            writer.member("unroundedAmount", unroundedAmount)
            writer.member("breakdown", each: breakdown)
            if !groups.isEmpty { writer.member("groups", each: groups) }
            if let evidence { writer.member("evidence", evidence) }
            if let corrects { writer.member("corrects", corrects) }
        }
    }
}

extension LineReference: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("invoiceId", invoiceId)
            writer.member("lineId", lineId)
        }
    }
}

extension LineGroup: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.key("group")
            if let key { writer.raw(key) } else { writer.null() }
            writer.member("quantity", quantity)
            writer.member("eventCount", eventCount)
        }
    }
}

extension Evidence: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("eventCount", eventCount)
            writer.member("lateEventCount", lateEventCount)
            if eventCount > 0 {
                writer.member("firstEventAt", firstEventAt)
                writer.member("lastEventAt", lastEventAt)
                writer.member("firstSequence", firstSequence)
                writer.member("lastSequence", lastSequence)
            }
            writer.member("digest", digest)
        }
    }
}
