internal import SQLite

/// The rows of the table `void`: what a fold anew leaves out.
final class StoredVoids {
    private let file: LedgerFile
    private let event: Statement

    init(_ file: LedgerFile) throws {
        self.file = file
        event = try file.connection.prepare("SELECT event FROM void WHERE sequence = ?")
    }

    /// Where a void's row is not about the event that it took out.
    func difference(of void: VoidRecord, from sequence: Int64) throws -> Difference? {
        defer { event.reset() }
        try event.bind(1, void.sequence)
        let found = try event.step() ? event.integer(0) : nil
        if found == sequence { return nil }
        return Difference(
            "the void in record \(void.sequence) stands in no row as that of the event \(sequence)",
            sequence: void.sequence)
    }

    /// How many rows there are, whosever.
    func count() throws -> Int64 {
        try file.connection.integer("SELECT count(*) FROM void") ?? 0
    }
}
