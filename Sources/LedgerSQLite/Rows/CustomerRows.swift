internal import Billing
internal import JSON
internal import SQLite

/// A customer and the record that made it what it is.
struct CustomerRow {
    let customer: Customer
    let sequence: Int64
    /// Zones that it had before, in their order.
    var earlierZones: [EarlierZone] = []

    /// The zone in force at `instant`; before the customer was known, its first.
    func zone(at instant: Instant) -> Zone {
        earlierZones.first { $0.until > instant }?.zone ?? customer.timezone
    }

    /// From here on the zone is the one of now.
    var zoneHoldsSince: Instant? { earlierZones.map(\.until).max() }
}

/// A zone that a customer had, until the instant at which it got another.
struct EarlierZone {
    let until: Instant
    let zone: Zone
}

extension Database {
    borrowing func customer(_ id: Identifier) throws -> CustomerRow? {
        let row = try first(
            """
            SELECT log.sequence, payload FROM customer JOIN log USING (sequence) WHERE id = ?
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, text: id.bytes)
        } _: { row in
            (sequence: row.integer(0), payload: row.bytes(1))
        }
        guard let row else { return nil }
        return CustomerRow(
            customer: try Customer(payload: row.payload), sequence: row.sequence,
            earlierZones: try earlierZones(of: id))
    }

    private borrowing func earlierZones(of customer: Identifier) throws -> [EarlierZone] {
        try all(
            "SELECT until, timezone FROM earlier_zone WHERE customerId = ? ORDER BY sequence"
        ) { row throws(SQLiteError) in
            try row.bind(1, text: customer.bytes)
        } _: { row in
            Zone(name: row.string(1)).map {
                EarlierZone(until: Instant(microseconds: row.integer(0)), zone: $0)
            }
        }.map { zone throws(CorruptRow) in
            guard let zone else { throw CorruptRow() }
            return zone
        }
    }

    /// Makes a customer what the record `sequence` says.
    ///
    /// - Parameter earlier: the zone that ends with it.
    borrowing func save(
        _ customer: Identifier, recordedAt sequence: Int64, _ earlier: EarlierZone?
    ) throws(SQLiteError) {
        try run(
            """
            INSERT INTO customer (id, sequence) VALUES (?1, ?2)
            ON CONFLICT DO UPDATE SET sequence = ?2
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, text: customer.bytes)
            try row.bind(2, sequence)
        }
        guard let earlier else { return }
        try run(
            """
            INSERT INTO earlier_zone (customerId, sequence, until, timezone) VALUES (?, ?, ?, ?)
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, text: customer.bytes)
            try row.bind(2, sequence)
            try row.bind(3, earlier.until.microseconds)
            try row.bind(4, text: earlier.zone.name)
        }
    }

    /// The customer as the record `sequence` says.
    borrowing func customer(recordedAt sequence: Int64) throws -> Customer {
        try Customer(payload: payload(ofRecord: sequence))
    }
}

extension Customer {
    fileprivate init(payload: [UInt8]) throws {
        let issues = FieldIssues()
        let value = FieldValue(try JSONDocument.parse(payload).root, issues: issues)
        guard let customer = Customer(value) else { throw CorruptRow() }
        self = customer
    }
}
