internal import Ledger

/// A keyset cursor: the position after which a list goes on.
///
/// Opaque to callers.
enum Cursor {
    static func position(_ cursor: String?) throws(LedgerError) -> Int64 {
        guard let cursor else { return 0 }
        guard let position = Int64(cursor, radix: 36), position >= 0 else { throw unknown }
        return position
    }

    static let unknown = LedgerError(
        .unprocessable, "the cursor is not one that this list gave; leave it out to begin",
        pointer: "/cursor")

    static func text(_ position: Int64) -> String { String(position, radix: 36) }
}

extension Page {
    /// - Parameter rows: one more than `limit` where there is a next page.
    init(_ rows: [Item], limit: Int, position: (Item) -> Int64) {
        let items = Array(rows.prefix(limit))
        self.init(
            items: items,
            nextCursor: rows.count > limit ? items.last.map { Cursor.text(position($0)) } : nil)
    }
}
