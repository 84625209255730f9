internal import Ledger

/// Where a trace goes on: after which record, and how many ignored events it has shown.
///
/// Opaque to callers.
struct TraceCursor {
    var position: Int64 = 0
    var ignored: Int64 = 0

    init(_ text: String?) throws(LedgerError) {
        let parts = text?.split(separator: ".", maxSplits: 1).map(String.init) ?? []
        position = try Cursor.position(parts.first ?? text)
        ignored = try Cursor.position(parts.dropFirst().first)
    }

    /// Where a page ends that shows `items` and has come to the record `position`.
    func after(_ items: [TracedRecord], at position: Int64) -> String {
        let ignored = ignored + Int64(items.count { $0.isIgnored })
        return Cursor.text(position) + (ignored > 0 ? "." + Cursor.text(ignored) : "")
    }
}
