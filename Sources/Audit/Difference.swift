package import JSON
internal import SQLite

/// Something that is not as it must be by the log.
package struct Difference: Error, Sendable, Equatable {
    /// What differs, and where.
    package let detail: String
    /// The first record at which the two part, where that can be told.
    package let sequence: Int64?
    /// The line of the invoice, where it is a line's.
    package let lineId: String?

    package init(_ detail: String, sequence: Int64? = nil, lineId: String? = nil) {
        self.detail = detail
        self.sequence = sequence
        self.lineId = lineId
    }
}

extension Difference: CustomStringConvertible, JSONWritable {
    package var description: String { detail }

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            if let lineId { writer.member("lineId", lineId) }
            if let sequence { writer.member("sequence", sequence) }
            writer.member("detail", detail)
        }
    }

    /// The same, told with another that may be why: the record is the earlier of theirs.
    func withRecord(of cause: Difference?) -> Difference {
        guard let cause, cause != self else { return self }
        return Difference(
            "\(detail); \(cause.detail)",
            sequence: [sequence, cause.sequence].compactMap(\.self).min(), lineId: lineId)
    }

    /// What was thrown, as a difference.
    ///
    /// - Throws: the error, where it is the file's: it could not be read.
    init(_ error: any Error, in what: @autoclosure () -> String) throws(SQLiteError) {
        if let error = error as? SQLiteError { throw error }
        self = error as? Difference ?? Difference("\(what()) cannot be reckoned: \(error)")
    }
}

/// - Parameter sequence: the record that says what it must be.
/// - Throws: `Difference` where the two are not equal.
package func expect<Value: Equatable>(
    _ found: Value, _ expected: Value, _ what: @autoclosure () -> String, at sequence: Int64? = nil
) throws(Difference) {
    if found != expected {
        throw Difference(
            "\(what()): found \(found), and it must be \(expected)", sequence: sequence)
    }
}
