import Audit
import Billing
import Foundation
import LedgerScene
import SQLite
import TestRandom
import Testing

/// A byte of an event, a period, an accumulator or an invoice is another: the audit finds it, and
/// says where.
@Suite struct MutationTests {
    private static let seed: UInt64 = 7
    private static let count = 200

    @Test func anyByte() async throws {
        var random = SeededRandom(seed: Self.seed)
        try await Ledgers.withEverything { path in
            // Whole in one file, whatever a thread of the ledger still has open.
            let whole = path + "-whole"
            try Connection(path: path, .readWrite).execute("VACUUM INTO '\(whole)'")
            defer { try? FileManager.default.removeItem(atPath: whole) }
            let clean = try LedgerAudit.run(whole)
            #expect(clean.differences == [])
            var found = 0
            for number in 0..<Self.count {
                let copy = path + "-\(number)"
                try FileManager.default.copyItem(atPath: whole, toPath: copy)
                defer { try? FileManager.default.removeItem(atPath: copy) }
                let mutation = try Mutation.make(in: copy, &random)
                let report = try LedgerAudit.run(copy)
                let name = "seed \(Self.seed), mutation \(number): \(mutation)"
                if report.isClean {
                    if !mutation.changesNoFigure { Issue.record("\(name) is not found") }
                    continue
                }
                found += 1
                if !report.differences.contains(where: { mutation.isNamed(by: $0) }) {
                    Issue.record("\(name) is not named: \(report.differences.prefix(3))")
                }
            }
            #expect(found > Self.count * 3 / 4)
        }
    }
}

/// One value of one row that was changed.
struct Mutation: CustomStringConvertible {
    let table: String
    let column: String
    /// What a message must have one of, to say where it is.
    let names: [String]
    let sequence: Int64?
    let byte: Int

    /// Whether it may be missed.
    ///
    /// The instant of a record is in no hash, and an accumulator that says it was folded through
    /// another record than the last that counts in it is as good, where no record stands between:
    /// they are found where they make a difference. In so small a ledger no other byte than the
    /// lowest of such a number can do so.
    var changesNoFigure: Bool {
        (table, column) == ("log", "recordedAt")
            || (table, column, byte) == ("accumulator", "foldedThrough", 0)
    }

    func isNamed(by difference: Difference) -> Bool {
        difference.sequence == sequence && sequence != nil
            || names.contains { isNamed($0, in: difference.detail) }
    }

    /// `record 1` is not in `record 12`.
    private func isNamed(_ name: String, in detail: String) -> Bool {
        detail.ranges(of: name).contains { place in
            place.upperBound == detail.endIndex || !detail[place.upperBound].isNumber
        }
    }

    var description: String { "\(table).\(column) of \(names.first ?? ""), byte \(byte)" }

    private static let columns = [
        "log": ["sequence", "kind", "recordedAt", "customerId", "hash", "payload", "payload"],
        "period": [
            "number", "subscription", "start", "end", "timezone", "planKey", "planVersion",
        ],
        "accumulator": ["period", "foldedThrough", "state", "state", "state", "state"],
        "close": [
            "invoiceNumber", "subscription", "kind", "revision", "start", "end", "timezone",
            "planKey", "planVersion", "cutoffSequence", "chain", "closedAt", "customerSequence",
            "corrects", "period", "anchor", "anchoredAt", "state", "state", "state",
        ],
        "invoice": [
            "number", "id", "kind", "customerId", "subscriptionId", "body", "body", "body",
        ],
    ]

    private static let keys = [
        "log": "sequence", "accumulator": "period", "close": "invoiceNumber",
    ]

    /// Where the rows of a table are, and what a message may call each.
    private static let places = [
        "log": """
        SELECT sequence, 'record ' || sequence, '', sequence FROM log WHERE kind IN (1, 2)
        """,
        "period": """
        SELECT period.number, id || ' from ' || strftime('%Y-%m-%dT%H:%M:%SZ', start / 1000000,
            'unixepoch'), '', NULL
        FROM period JOIN subscription ON subscription.number = subscription
        """,
        "accumulator": """
        SELECT period, id || ' from ' || strftime('%Y-%m-%dT%H:%M:%SZ', start / 1000000,
            'unixepoch'), '', NULL
        FROM accumulator JOIN period ON period.number = period
        JOIN subscription ON subscription.number = subscription
        """,
        "close": """
        SELECT invoiceNumber, printf('the close of invoice INV-%06d', invoiceNumber), '', NULL
        FROM close
        """,
        "invoice": """
        SELECT number, printf('invoice INV-%06d', number), printf('invoice %d ', number), NULL
        FROM invoice
        """,
    ]

    /// Changes one byte of a row that chance chooses.
    static func make(in path: String, _ random: inout SeededRandom) throws -> Mutation {
        let connection = try Connection(path: path, .readWrite)
        try connection.execute("DROP TRIGGER invoice_is_never_changed")
        while true {
            let table = random.element(columns.keys.sorted())
            let column = random.element(columns[table] ?? [])
            let rows = try rows(of: table, connection)
            let row = random.element(rows)
            let key = keys[table] ?? "number"
            let byte = try change(
                "\"\(column)\"", table, "\(key) = \(row.key)", connection, &random)
            // NULL has no byte, and some columns must be unique.
            guard let byte else { continue }
            return Mutation(
                table: table, column: column, names: row.names.filter { !$0.isEmpty },
                sequence: row.sequence, byte: byte)
        }
    }

    private static func rows(
        of table: String, _ connection: borrowing Connection
    ) throws -> [(key: Int64, names: [String], sequence: Int64?)] {
        let statement = try connection.prepare(places[table] ?? "")
        var rows: [(Int64, [String], Int64?)] = []
        while try statement.step() {
            rows.append(
                (
                    statement.integer(0), [statement.string(1), statement.string(2)],
                    statement.optionalInteger(3)
                ))
        }
        return rows
    }

    /// - Returns: which byte; nil where none could be changed.
    private static func change(
        _ column: String, _ table: String, _ row: String, _ connection: borrowing Connection,
        _ random: inout SeededRandom
    ) throws -> Int? {
        let read = try connection.prepare(
            "SELECT typeof(\(column)), \(column) FROM \(table) WHERE \(row)")
        guard try read.step() else { return nil }
        let update = try connection.prepare("UPDATE \(table) SET \(column) = ? WHERE \(row)")
        let byte: Int
        switch read.string(0) {
        case "integer":
            byte = random.int(0...7)
            let other = Int64(random.int(1...255)) << Int64(8 * byte)
            try update.bind(1, read.integer(1) ^ other)
        case "text", "blob":
            var bytes = read.bytes(1)
            guard !bytes.isEmpty else { return nil }
            byte = random.int(0...bytes.count - 1)
            bytes[byte] ^= UInt8(random.int(1...255))
            if read.string(0) == "text" {
                try update.bind(1, text: bytes)
            } else {
                try update.bind(1, blob: bytes)
            }
        default: return nil
        }
        read.reset()
        do { _ = try update.step() } catch { return nil }
        return byte
    }
}
