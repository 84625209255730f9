/// A table in memory for the entries of the log's tail, in the order in which they came.
protocol TailTable: ~Copyable {
    init(_ kind: RunKind, capacity: Int)

    var entries: [RunEntry] { get }

    var byteCount: Int { get }

    /// Empties the table and keeps its memory, which would cost a page fault every 170 entries.
    mutating func removeAll()
}
