import Billing
import SQLite

/// Looks at a ledger's file with SQLite alone.
enum LogAudit {
    /// - Returns: the payloads of the events by customer, in the log's order.
    /// - Throws: `Disagreement` where the file or the log is not sound.
    @discardableResult
    static func examine(_ path: String) throws -> [String: [String]] {
        let connection = try Connection(path: path, .readWrite)
        try expect(try connection.text("PRAGMA integrity_check"), equals: "ok", "integrity")
        try expect(
            try connection.integer("SELECT count(*) FROM pragma_foreign_key_check"), equals: 0,
            "broken references")
        // A crash may have come before the tables.
        let tables = try connection.integer(
            "SELECT count(*) FROM sqlite_schema WHERE name IN ('log', 'log_commit')")
        guard tables == 2 else { return [:] }
        let (chains, events) = try records(on: connection)
        try commits(on: connection, chains)
        return events
    }

    /// Sequences without a gap, and each hash that of its payload.
    ///
    /// - Returns: the chain after each record, from the beginning.
    private static func records(
        on connection: borrowing Connection
    ) throws -> (chains: [Digest], events: [String: [String]]) {
        var chains = [Digest.zero]
        var events: [String: [String]] = [:]
        let statement = try connection.prepare(
            "SELECT sequence, kind, customerId, hash, payload FROM log ORDER BY sequence")
        while try statement.step() {
            let sequence = statement.integer(0)
            try expect(sequence, equals: Int64(chains.count), "a sequence")
            let payload = statement.bytes(4)
            let hash = Digest(hashing: payload)
            try expect(statement.bytes(3), equals: hash.bytes, "the hash of record \(sequence)")
            chains.append((chains.last ?? .zero).link(hash))
            if statement.integer(1) == 1 {
                events[statement.string(2), default: []]
                    .append(String(decoding: payload, as: UTF8.self))
            }
        }
        return (chains, events)
    }

    /// Each commit begins after the one before, and has the chain at its end.
    private static func commits(
        on connection: borrowing Connection, _ chains: [Digest]
    ) throws {
        var last: Int64 = 0
        let statement = try connection.prepare(
            "SELECT firstSequence, lastSequence, chain FROM log_commit ORDER BY lastSequence")
        while try statement.step() {
            try expect(statement.integer(0), equals: last + 1, "the first record of a commit")
            last = statement.integer(1)
            try expect(last < chains.count, equals: true, "commit \(last) has its records")
            try expect(
                statement.bytes(2), equals: chains[Int(last)].bytes, "the chain at \(last)")
        }
        try expect(last, equals: Int64(chains.count - 1), "the last commit's last record")
    }
}
