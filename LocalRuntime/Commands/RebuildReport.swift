import JSON

/// What `tallystick rebuild` found: `{file, records, invoices, differing, firstDifferent}`.
struct RebuildReport: JSONWritable, Sendable {
    /// The new ledger.
    let file: String
    /// Records of the log that were carried out.
    let records: Int64
    /// Invoices that the old ledger has.
    let invoices: Int64
    /// Those that the log gives otherwise, or not at all; the id of the first.
    let differing: Int64
    let firstDifferent: String?

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("file", file)
            writer.member("records", records)
            writer.member("invoices", invoices)
            writer.member("differing", differing)
            if let firstDifferent { writer.member("firstDifferent", firstDifferent) }
        }
    }
}
