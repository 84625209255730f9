import Billing
import Testing

/// The fold of events into one charge: quantities, evidence, groups.
struct AccumulatorTests {
    struct Row: Sendable, CustomTestStringConvertible {
        let name: String
        /// A value and the second at which it happened, in the order of the log.
        let events: [(value: String?, second: Int64)]
        let quantities: [Aggregation: String]

        init(
            _ name: String, _ events: [(value: String?, second: Int64)],
            _ quantities: [Aggregation: String]
        ) {
            self.name = name
            self.events = events
            self.quantities = quantities
        }

        var testDescription: String { name }
    }

    @Test(arguments: [
        Row(
            "no events", [],
            [
                .count: "0", .sum: "0", .unique: "0", .max: "0", .min: "0", .latest: "0",
                .average: "0",
            ]),
        Row(
            "one event", [("2.50", 1)],
            [.count: "1", .sum: "2.5", .max: "2.5", .min: "2.5", .latest: "2.5", .average: "2.5"]),
        Row(
            "only values below 0", [("-3", 1), ("-1", 2), ("-2", 3)],
            [.count: "3", .sum: "-6", .max: "-1", .min: "-3", .latest: "-2", .average: "-2"]),
        Row(
            "an average that does not end", [("1", 1), ("0", 2), ("0", 3)],
            [.sum: "1", .average: "0.333333333333", .min: "0", .max: "1"]),
        Row(
            "the latest by its timestamp, not by its arrival", [("1", 5), ("2", 9), ("3", 7)],
            [.latest: "2"]),
        Row("of one instant the one that came last", [("1", 5), ("2", 5)], [.latest: "2"]),
        Row(
            "events without the property", [(nil, 1), ("4", 2), (nil, 3)],
            [.sum: "4", .max: "4", .min: "4", .latest: "4", .average: "4"]),
        Row(
            "the first value sets minimum and maximum", [(nil, 1), ("-4", 2)],
            [.max: "-4", .min: "-4"]),
        Row(
            "values of many digits", [("999999999999999999999999", 1), ("0.000000000001", 2)],
            [.sum: "999999999999999999999999.000000000001", .min: "0.000000000001"]),
    ])
    func foldsQuantities(_ row: Row) throws {
        let price = try Metering.perUnit()
        for (aggregation, quantity) in row.quantities {
            var accumulator = Accumulator()
            for (index, event) in row.events.enumerated() {
                let value = try event.value.map { MeterReading.decimal(try decimal($0)) }
                let reading = aggregation == .count ? .occurrence : value ?? .nothing
                let record = Metering.record(
                    Int64(index + 1), reading, at: Instant(seconds: event.second))
                try accumulator.fold(record, price)
            }
            let found = try accumulator.aggregate.quantity(aggregation)
            #expect(found.description == quantity, "\(aggregation)")
        }
    }

    /// Which values are new is the store's to know; the fold counts what it says.
    @Test func uniqueCountsNewValues() throws {
        let price = try Metering.perUnit()
        var accumulator = Accumulator()
        for (index, value) in [("a", true), ("A", true), ("a", false)].enumerated() {
            let record = Metering.record(
                Int64(index + 1), .text(MeterText(Array(value.0.utf8))), isNewValue: value.1)
            try accumulator.fold(record, price)
        }
        #expect(try accumulator.aggregate.quantity(.unique) ~= Fraction(ExactDecimal(2)))
        #expect(accumulator.aggregate.eventCount == 3)
    }

    @Test func evidenceTiesTheQuantityToItsEvents() throws {
        let price = try Metering.perUnit()
        var accumulator = Accumulator()
        #expect(accumulator.evidence.digest == .zero)
        let records = [
            Metering.record(1, .occurrence, at: Instant(seconds: 50)),
            // It counts for nothing, and yet it is a record of this charge.
            Metering.record(2, .nothing, at: Instant(seconds: 10), isLate: true),
            Metering.record(3, .occurrence, at: Instant(seconds: 30), isLate: true),
        ]
        for record in records { try accumulator.fold(record, price) }
        let evidence = accumulator.evidence
        #expect(evidence.eventCount == 3)
        #expect(evidence.lateEventCount == 2)
        #expect(evidence.firstEventAt == Instant(seconds: 10))
        #expect(evidence.lastEventAt == Instant(seconds: 50))
        #expect(evidence.firstSequence == 1)
        #expect(evidence.lastSequence == 3)
        // sha256(sha256(sha256(0…0 ‖ h1) ‖ h2) ‖ h3), made with Python's hashlib.
        #expect(
            evidence.digest.hex
                == "3a53eead4908e787beb2ee5205be42b47d4f0a6a888cfee1d304fc1dc3324722")
        #expect(accumulator.aggregate.eventCount == 2)
    }

    @Test func groupsSplitTheEvidence() throws {
        let price = try Metering.perUnit()
        var accumulator = Accumulator()
        for (index, key) in ["a", "b", "a", nil].enumerated() {
            let membership = GroupMembership(key: key.map { Array($0.utf8) }, isNewValue: false)
            let value = MeterReading.decimal(ExactDecimal(index + 1))
            try accumulator.fold(
                Metering.record(Int64(index + 1), value, group: membership), price)
        }
        let entries = accumulator.groups.entries
        #expect(entries.map(\.key) == [Array("a".utf8), Array("b".utf8), nil])
        #expect(entries.map(\.aggregate.eventCount) == [2, 1, 1])
        #expect(entries.map(\.aggregate.sum) == [4, 2, 4].map { ExactDecimal($0) })
        #expect(accumulator.aggregate.sum == ExactDecimal(10))
    }

    @Test func theFirstThousandGroupsAreKept() throws {
        let price = try Metering.perUnit()
        var accumulator = Accumulator()
        let limit = BillingLimits.groups
        for number in 1...(limit + 5) {
            let counted = accumulator.groups.countedKey(Array("\(number)".utf8))
            #expect((counted == nil) == (number > limit))
            let membership = GroupMembership(key: counted, isNewValue: false)
            let record = Metering.record(Int64(number), .occurrence, group: membership)
            try accumulator.fold(record, price)
        }
        let entries = accumulator.groups.entries
        #expect(entries.count == limit + 1)
        #expect(entries.last?.key == nil)
        #expect(entries.last?.aggregate.eventCount == 5)
        #expect(accumulator.groups.countedKey(Array("7".utf8)) == Array("7".utf8))
    }

    @Test func aPercentageFoldsItsFees() throws {
        let price = try JSONText.price(
            #"{"model":"percentage","rate":"2.9","fixedFee":"0.30","freeAmount":"10"}"#)
        var accumulator = Accumulator(fees: TransactionFees())
        for (index, amount) in ["4", "16", "100", "-5"].enumerated() {
            let record = Metering.record(Int64(index + 1), .decimal(try decimal(amount)))
            try accumulator.fold(record, price)
        }
        let fees = try #require(accumulator.fees)
        // (10 + 100) × 2.9 % + 2 × 0.30
        #expect(try price.amount(.transactions(fees)) ~= Fraction(try decimal("3.79")))
        #expect(accumulator.aggregate.sum == ExactDecimal(115))
        var other = Accumulator()
        try other.fold(Metering.record(1, .decimal(.one)), price)
        #expect(other.fees == nil)
    }

    @Test func anOverflowLeavesTheAccumulatorAsItWas() throws {
        let price = try Metering.perUnit()
        let most = MeterReading.decimal(ExactDecimal(mantissa: .max, scale: 0))
        let membership = GroupMembership(key: Array("g".utf8), isNewValue: false)
        var accumulator = Accumulator()
        try accumulator.fold(Metering.record(1, most, group: membership), price)
        let before = accumulator
        let next = Metering.record(2, .decimal(.one), group: membership)
        #expect(throws: ArithmeticError.overflow) { try accumulator.fold(next, price) }
        #expect(accumulator == before)
    }

    @Test func aLinkCountsNothingAndMovesTheDigest() throws {
        var accumulator = Accumulator()
        try accumulator.fold(Metering.record(1, .occurrence), Metering.perUnit())
        let before = accumulator
        let hash = Digest(hashing: Array("void".utf8))
        accumulator.link(hash, sequence: 2, eventAt: nil)
        #expect(accumulator.aggregate == before.aggregate)
        #expect(accumulator.evidence.eventCount == 1)
        #expect(accumulator.evidence.lastSequence == 2)
        #expect(accumulator.evidence.digest == before.evidence.digest.link(hash))
    }
}
