internal import Billing
package import JSON
package import Ledger

extension LoggedRecord: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writePlace(to: &writer)
            if voids == nil { writer.member("voided", voidedBy != nil) }
            writeContent(to: &writer)
        }
    }

    /// Where and when it was recorded.
    func writePlace(to writer: inout JSONWriter) {
        writer.member("sequence", sequence)
        writer.member("receivedAt", receivedAt)
        writer.member("hash", hash)
    }

    /// What was recorded, as the bytes that its hash is of: an `event`, or a `void` and the record
    /// that it takes out.
    func writeContent(to writer: inout JSONWriter) {
        if let voidedBy { writer.member("voidedBy", voidedBy) }
        if let voids {
            writer.member("voids", voids)
            writer.key("void")
        } else {
            writer.key("event")
        }
        writer.raw(payload)
    }
}
