import Billing
import JSON
import Testing

/// Aggregations as other billing systems' tests figure them.
struct AggregationVectorTests {
    static let vectors = (try? AggregationVector.all()) ?? []

    @Test func everyVectorIsTakenOrLeftOutForAReason() throws {
        let file = try JSONText.fixture("aggregation-vectors.json")
        let leftOut = Array(try #require(file.member("leftOut")).children)
        for row in leftOut { #expect(try !row.text("reason").isEmpty) }
        let ids = Self.vectors.map(\.id) + (try leftOut.map { try $0.text("id") })
        #expect(Set(ids).count == ids.count)
        #expect(try "\(ids.count)" == file.text("count"))
    }

    /// The fold of the events, and the charge's unit conversion where the source rounds.
    @Test(arguments: vectors)
    func agrees(_ vector: AggregationVector) throws {
        let aggregation = try #require(
            Aggregation(rawValue: vector.node("aggregation").string))
        let meter = try Metering.meter(aggregation)
        let price = try price(vector)
        var accumulator = Accumulator()
        var seen: Set<[UInt8]> = []
        for event in try vector.node("events").children {
            let reading = try meter.read(
                Metering.event("{\"value\":\"\(try event.text("value"))\"}"))
            var isNewValue = false
            if case .text(let value) = reading { isNewValue = seen.insert(value.bytes).inserted }
            let record = Metering.record(
                try #require(Int64(event.text("sequence"))), reading,
                at: try instant(event.text("timestamp")), isNewValue: isNewValue)
            try accumulator.fold(record, price)
        }
        let quantity = try accumulator.aggregate.quantity(aggregation)
        let expected = Fraction(try decimal(vector.node("expected").string))
        guard !expected.isNegative else {
            #expect(quantity ~= expected)
            return
        }
        // At 1 a unit the amount is what was priced.
        #expect(try price.amount(.quantity(quantity)) ~= expected)
    }

    private func price(_ vector: AggregationVector) throws -> Price {
        guard let conversion = vector.unitConfig else { return try Metering.perUnit() }
        var writer = JSONWriter()
        try writer.canonical(conversion)
        let text = String(decoding: writer.bytes, as: UTF8.self)
        return try JSONText.price(#"{"model":"perUnit","unitAmount":"1","unitConfig":\#(text)}"#)
    }
}

/// A row of the golden file.
struct AggregationVector: Sendable, CustomTestStringConvertible {
    let id: String
    private let row: JSONNode

    static func all() throws -> [AggregationVector] {
        let file = try JSONText.fixture("aggregation-vectors.json")
        return try #require(file.member("vectors")).children.map {
            AggregationVector(id: try $0.text("id"), row: $0)
        }
    }

    /// The conversion by which the charge rounds, as the source's meter does.
    var unitConfig: JSONNode? { row.member("unitConfig") }

    func node(_ member: String) throws -> JSONNode { try #require(row.member(member)) }

    var testDescription: String { id }
}
