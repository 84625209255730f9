import Billing
import JSON
import Testing

/// Meters, events and records as tests write them.
enum Metering {
    static func meter(_ json: String) throws -> Meter {
        let (value, issues) = try JSONText.field(json)
        let meter = Meter(value)
        try issues.throwIfAny()
        return try #require(meter)
    }

    /// A meter of `aggregation`, with further members as JSON.
    static func meter(_ aggregation: Aggregation, _ members: String = "") throws -> Meter {
        let property = aggregation == .count ? "" : #","property":"value""#
        return try meter(
            """
            {"key":"m","eventName":"call","aggregation":"\(aggregation.rawValue)"\(property)
             \(members.isEmpty ? "" : "," + members)}
            """)
    }

    /// An event named `call` with these properties.
    static func event(_ properties: String?, name: String = "call") throws -> UsageEvent {
        let members = properties.map { #","properties":\#($0)"# } ?? ""
        let (value, _) = try JSONText.field(
            """
            {"customerEventId":"e","customerId":"c","eventName":"\(name)",
             "timestamp":"2026-01-10T00:00:00Z"\(members)}
            """)
        let batch = EventBatch([value.node])
        if let fault = batch.faults.first { throw InvalidFields(fault.issues) }
        return try #require(batch.events.first)
    }

    static func record(
        _ sequence: Int64, _ reading: MeterReading, at timestamp: Instant? = nil,
        isLate: Bool = false, isNewValue: Bool = false, group: GroupMembership? = nil
    ) -> FoldRecord {
        FoldRecord(
            sequence: sequence, timestamp: timestamp ?? Instant(seconds: sequence),
            hash: Digest(hashing: Array("\(sequence)".utf8)), value: reading.value,
            isLate: isLate, isNewValue: isNewValue, group: group)
    }

    static func perUnit() throws -> Price {
        try JSONText.price(#"{"model":"perUnit","unitAmount":"1"}"#)
    }
}

extension Accumulator {
    /// Folds one record, or throws and stays as it was.
    mutating func fold(_ record: FoldRecord, _ price: Price) throws {
        if case .decimal(let value) = record.value {
            try check(value, group: record.group.map(\.key), percentage: price.percentage)
        }
        try fold(record, percentage: price.percentage)
    }
}
