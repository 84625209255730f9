package import JSON

/// Who is billed, and in which time zone periods begin and end.
package struct Customer: Sendable, Equatable {
    package let id: Identifier
    package let name: String?
    package let timezone: Zone
    /// Whatever the caller keeps with a customer, as canonical JSON; printed on invoices.
    package let metadata: [UInt8]
}

extension Customer: JSONWritable {
    package init?(_ value: FieldValue) {
        guard var reader = value.object() else { return nil }
        let id = reader.required("id")?.identifier()
        let name = reader.optional("name")?.text(limit: BillingLimits.textBytes)
        let timezone = reader.required("timezone")?.zone()
        let metadata = reader.optional("metadata")?.metadata()
        reader.refuseUnknown()
        guard let id, let timezone else { return nil }
        self.id = id
        self.name = name
        self.timezone = timezone
        self.metadata = metadata ?? Array("{}".utf8)
    }

    package func write(to writer: inout JSONWriter) { writer.object(writeMembers) }

    /// Writes the customer's members into an object that is open.
    package func writeMembers(to writer: inout JSONWriter) {
        writer.member("id", id)
        if let name { writer.member("name", name) }
        writer.member("timezone", timezone)
        writer.key("metadata")
        writer.raw(metadata)
    }
}

extension FieldValue {
    /// An object of the caller's own, in canonical form.
    func metadata() -> [UInt8]? {
        guard node.kind == .object else { return issue("must be an object", .malformed) }
        var writer = JSONWriter()
        do throws(NumberTextError) { try writer.canonical(node) } catch { return issue("\(error)") }
        guard writer.bytes.count <= BillingLimits.metadataBytes else {
            return issue("must have at most \(BillingLimits.metadataBytes) bytes")
        }
        return writer.bytes
    }
}
