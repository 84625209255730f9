internal import Billing
internal import SQLite

/// A value of a `unique` meter, as it is told apart: in one charge, in the period in which it
/// happened, in the total or in one group.
struct UniqueValue {
    let period: Int64
    let charge: String
    /// Empty for the charge's total.
    let grouping: [UInt8]
    /// Half a SHA-256 of the value's text.
    let value: [UInt8]

    init(period: Int64, charge: String, grouping: [UInt8], text: [UInt8]) {
        self.period = period
        self.charge = charge
        self.grouping = grouping
        value = Self.half(text)
    }

    /// Names a group; all those after the first 1,000 (nil) share one name.
    static func grouping(_ key: [UInt8]?) -> [UInt8] { half(key ?? []) }

    private static func half(_ bytes: [UInt8]) -> [UInt8] {
        Array(Digest(hashing: bytes).bytes.prefix(16))
    }
}

extension Database {
    borrowing func contains(_ value: UniqueValue) throws(SQLiteError) -> Bool {
        try first(
            """
            SELECT 1 FROM unique_value
            WHERE period = ? AND charge = ? AND grouping = ? AND value = ?
            """
        ) { row throws(SQLiteError) in
            try row.bind(value)
        } _: { _ in
            true
        } ?? false
    }

    borrowing func insert(_ value: UniqueValue) throws(SQLiteError) {
        try run("INSERT INTO unique_value (period, charge, grouping, value) VALUES (?, ?, ?, ?)") {
            row throws(SQLiteError) in try row.bind(value)
        }
    }
}

extension Statement {
    fileprivate borrowing func bind(_ value: UniqueValue) throws(SQLiteError) {
        try bind(1, value.period)
        try bind(2, text: value.charge)
        try bind(3, blob: value.grouping)
        try bind(4, blob: value.value)
    }
}
