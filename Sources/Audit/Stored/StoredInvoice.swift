internal import Billing
internal import JSON
internal import SQLite

/// A row of the table `invoice`.
struct StoredInvoice {
    let number: Int64
    let id: String
    let kind: String
    let customerId: Identifier
    let subscriptionId: Identifier
    let body: [UInt8]

    private init(_ row: borrowing Statement) {
        number = row.integer(0)
        id = row.string(1)
        kind = row.string(2)
        customerId = Identifier(checked: row.bytes(3))
        subscriptionId = Identifier(checked: row.bytes(4))
        body = row.bytes(5)
    }
}

extension StoredInvoice {
    /// The log's chain at its cutoff, as the invoice has it; nil where it cannot be read.
    var chain: String? {
        (try? JSONDocument.parse(body).root)?.member("log")?.member("chain")?.string
    }
}

extension StoredInvoice {
    /// Gives invoices by number and by id.
    final class Reader {
        private let byNumber: Statement
        private let byId: Statement
        private let waiting: Statement
        private let outside: Statement

        init(_ file: LedgerFile) throws {
            byNumber = try file.connection.prepare(
                """
                SELECT number, id, kind, customerId, subscriptionId, body FROM invoice
                WHERE number = ?
                """)
            byId = try file.connection.prepare(
                """
                SELECT number, id, kind, customerId, subscriptionId, body FROM invoice
                WHERE number = ? AND id = ?
                """)
            waiting = try file.connection.prepare(
                "SELECT 1 FROM invoice_work WHERE invoiceNumber = ?")
            outside = try file.connection.prepare(
                "SELECT number FROM invoice WHERE number < ? OR number > ? LIMIT ?")
        }

        func invoice(_ number: Int64) throws -> StoredInvoice? {
            defer { byNumber.reset() }
            try byNumber.bind(1, number)
            return try byNumber.step() ? StoredInvoice(byNumber) : nil
        }

        func invoice(_ id: String) throws -> StoredInvoice? {
            guard let number = DeterministicID.number(ofInvoice: id) else { return nil }
            defer { byId.reset() }
            try byId.bind(1, number)
            try byId.bind(2, text: id)
            return try byId.step() ? StoredInvoice(byId) : nil
        }

        /// Whether it is yet to be written.
        func isWaiting(_ number: Int64) throws -> Bool {
            defer { waiting.reset() }
            try waiting.bind(1, number)
            return try waiting.step()
        }

        /// The first numbers of invoices outside a series.
        func numbers(outside series: ClosedRange<Int64>) throws -> [Int64] {
            defer { outside.reset() }
            try outside.bind(1, series.lowerBound)
            try outside.bind(2, series.upperBound)
            try outside.bind(3, Int64(AuditLimits.differences))
            var numbers: [Int64] = []
            while try outside.step() { numbers.append(outside.integer(0)) }
            return numbers
        }
    }
}
