internal import CSQLite

/// A prepared statement, finalized when it goes out of scope.
///
/// Parameters count from 1 and columns from 0, as SQLite does.
package struct Statement: ~Copyable {
    private let handle: OpaquePointer

    init(_ handle: OpaquePointer) { self.handle = handle }

    deinit { sqlite3_finalize(handle) }

    package borrowing func bind(_ index: Int32, _ value: Int64) throws(SQLiteError) {
        try check(sqlite3_bind_int64(handle, index, value))
    }

    package borrowing func bind(_ index: Int32, _ value: Int64?) throws(SQLiteError) {
        if let value { try bind(index, value) } else { try bindNull(index) }
    }

    package borrowing func bind(_ index: Int32, text: String?) throws(SQLiteError) {
        guard let text else { return try bindNull(index) }
        try text.utf8.span.withUnsafeBufferPointer { bytes throws(SQLiteError) in
            try bind(index, text: bytes)
        }
    }

    package borrowing func bind(_ index: Int32, text: [UInt8]?) throws(SQLiteError) {
        if let text { try bind(index, text: text) } else { try bindNull(index) }
    }

    /// UTF-8 bytes, compared as bytes.
    package borrowing func bind(_ index: Int32, text: [UInt8]) throws(SQLiteError) {
        try text.withUnsafeBufferPointer { bytes throws(SQLiteError) in
            try bind(index, text: bytes)
        }
    }

    package borrowing func bind(
        _ index: Int32, text bytes: UnsafeBufferPointer<UInt8>
    ) throws(SQLiteError) {
        let code = withUnsafePointer(to: UInt8(0)) { empty in
            UnsafeRawPointer(bytes.baseAddress ?? empty).withMemoryRebound(
                to: CChar.self, capacity: bytes.count
            ) { sqlite3_bind_text(handle, index, $0, Int32(bytes.count), csqlite_transient()) }
        }
        try check(code)
    }

    package borrowing func bind(_ index: Int32, blob: [UInt8]) throws(SQLiteError) {
        try blob.withUnsafeBufferPointer { bytes throws(SQLiteError) in
            try bind(index, blob: UnsafeRawBufferPointer(bytes))
        }
    }

    package borrowing func bind(
        _ index: Int32, blob bytes: UnsafeRawBufferPointer
    ) throws(SQLiteError) {
        let code =
            bytes.isEmpty
            ? sqlite3_bind_zeroblob(handle, index, 0)
            : sqlite3_bind_blob(
                handle, index, bytes.baseAddress, Int32(bytes.count), csqlite_transient())
        try check(code)
    }

    /// Binds a text without a copy: the bytes must stay as they are until the parameter is bound
    /// anew.
    package borrowing func bind(
        _ index: Int32, borrowedText bytes: UnsafeBufferPointer<UInt8>
    ) throws(SQLiteError) {
        guard let start = bytes.baseAddress else { return try bind(index, text: bytes) }
        let code = UnsafeRawPointer(start).withMemoryRebound(
            to: CChar.self, capacity: bytes.count
        ) { sqlite3_bind_text(handle, index, $0, Int32(bytes.count), nil) }
        try check(code)
    }

    /// Binds a blob without a copy, as `bind(_:borrowedText:)` does.
    package borrowing func bind(
        _ index: Int32, borrowedBlob bytes: UnsafeRawBufferPointer
    ) throws(SQLiteError) {
        guard let start = bytes.baseAddress else { return try bind(index, blob: bytes) }
        try check(sqlite3_bind_blob(handle, index, start, Int32(bytes.count), nil))
    }

    package borrowing func bindNull(_ index: Int32) throws(SQLiteError) {
        try check(sqlite3_bind_null(handle, index))
    }

    /// - Returns: whether there is a row to read.
    package borrowing func step() throws(SQLiteError) -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        default:
            let error = error
            sqlite3_reset(handle)
            throw error
        }
    }

    private var error: SQLiteError {
        let connection = sqlite3_db_handle(handle)
        return SQLiteError(
            code: sqlite3_extended_errcode(connection),
            message: String(cString: sqlite3_errmsg(connection)),
            sql: sqlite3_sql(handle).map { String(cString: $0) })
    }

    private borrowing func check(_ code: Int32) throws(SQLiteError) {
        if code != SQLITE_OK { throw error }
    }

    /// Makes the statement ready for another run.
    package borrowing func reset() { sqlite3_reset(handle) }

    /// Columns of a row.
    package var columnCount: Int32 { sqlite3_column_count(handle) }

    package borrowing func integer(_ column: Int32) -> Int64 {
        sqlite3_column_int64(handle, column)
    }

    package borrowing func optionalInteger(_ column: Int32) -> Int64? {
        isNull(column) ? nil : integer(column)
    }

    package borrowing func isNull(_ column: Int32) -> Bool {
        sqlite3_column_type(handle, column) == SQLITE_NULL
    }

    /// The bytes of a text or blob, where they lie; empty for NULL.
    ///
    /// They are valid only inside `body`.
    package borrowing func withBytes<Result, Failure: Error>(
        _ column: Int32, _ body: (UnsafeRawBufferPointer) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let start = sqlite3_column_blob(handle, column)
        let count = start == nil ? 0 : Int(sqlite3_column_bytes(handle, column))
        return try body(UnsafeRawBufferPointer(start: start, count: count))
    }

    /// The bytes of a text or blob; empty for NULL.
    package borrowing func bytes(_ column: Int32) -> [UInt8] { withBytes(column, Array.init) }

    package borrowing func string(_ column: Int32) -> String {
        withBytes(column) { String(decoding: $0, as: UTF8.self) }
    }

    package borrowing func optionalString(_ column: Int32) -> String? {
        isNull(column) ? nil : string(column)
    }
}
