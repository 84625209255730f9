import Billing
import JSON
import Testing

/// What a meter takes from an event, and the events that it cannot read.
struct MeterReadingTests {
    /// A reading as a test writes it: `decimal 1.5`.
    private func text(_ reading: MeterReading) -> String {
        switch reading {
        case .nothing: "nothing"
        case .occurrence: "occurrence"
        case .decimal(let value): "decimal \(value)"
        case .text(let text): "text " + String(decoding: text.bytes, as: UTF8.self)
        }
    }

    @Test(arguments: [
        (Aggregation.count, #"{"value":7}"#, "occurrence"), (.count, "{}", "occurrence"),
        (.sum, #"{"value":7}"#, "decimal 7"), (.sum, #"{"value":"-7.50"}"#, "decimal -7.5"),
        (.sum, #"{"value":1.5e3}"#, "decimal 1500"), (.sum, #"{"value":-0.0}"#, "decimal 0"),
        (
            .sum, #"{"value":999999999999999999999999.999999999999}"#,
            "decimal 999999999999999999999999.999999999999"
        ),
        (.sum, #"{"value":null}"#, "nothing"), (.sum, #"{"other":1}"#, "nothing"),
        (.max, #"{"value":"0.1"}"#, "decimal 0.1"), (.min, #"{"value":"0.1"}"#, "decimal 0.1"),
        (.latest, #"{"value":"0.1"}"#, "decimal 0.1"), (.latest, "{}", "nothing"),
        (.average, #"{"value":"0.1"}"#, "decimal 0.1"),
        (.unique, #"{"value":42}"#, "text 42"), (.unique, #"{"value":"42"}"#, "text 42"),
        (.unique, #"{"value":4.2e1}"#, "text 42"), (.unique, #"{"value":42.0}"#, "text 42"),
        // A string is its characters, so this is another value.
        (.unique, #"{"value":"42.0"}"#, "text 42.0"), (.unique, #"{"value":""}"#, "text "),
        (.unique, #"{"value":"a "}"#, "text a "), (.unique, #"{"value":true}"#, "text true"),
        (.unique, #"{"value":false}"#, "text false"), (.unique, #"{"value":null}"#, "nothing"),
    ])
    func reads(_ aggregation: Aggregation, _ properties: String, _ reading: String) throws {
        let meter = try Metering.meter(aggregation)
        #expect(text(try meter.read(Metering.event(properties))) == reading)
    }

    @Test func anotherEventIsNotTheMeters() throws {
        let meter = try Metering.meter(.sum)
        let event = try Metering.event(#"{"value":"not read"}"#, name: "Call")
        #expect(text(try meter.read(event)) == "nothing")
    }

    @Test func aFilteredEventIsNotReadAtAll() throws {
        let meter = try Metering.meter(
            .sum,
            #""required":true,"filters":[{"property":"ok","operator":"eq","value":true}]"#)
        #expect(text(try meter.read(Metering.event(#"{"ok":false,"value":"x"}"#))) == "nothing")
        #expect(text(try meter.read(Metering.event(nil))) == "nothing")
    }

    @Test(arguments: [
        (
            Aggregation.sum, #"{"value":"many"}"#,
            MeterReadingError.notDecimal(property: "value", .notANumber)
        ),
        (.sum, #"{"value":true}"#, .notDecimal(property: "value", .notANumber)),
        (.max, #"{"value":[1]}"#, .notDecimal(property: "value", .notANumber)),
        (.min, #"{"value":{}}"#, .notDecimal(property: "value", .notANumber)),
        (.latest, #"{"value":""}"#, .notDecimal(property: "value", .notANumber)),
        (.average, #"{"value":" 1"}"#, .notDecimal(property: "value", .notANumber)),
        (.sum, #"{"value":1e24}"#, .notDecimal(property: "value", .tooManyDigits)),
        (.sum, #"{"value":"0.0000000000001"}"#, .notDecimal(property: "value", .tooManyDigits)),
        (.unique, #"{"value":[]}"#, .notScalar(property: "value")),
        (.unique, #"{"value":{"a":1}}"#, .notScalar(property: "value")),
    ])
    func refuses(
        _ aggregation: Aggregation, _ properties: String, _ error: MeterReadingError
    ) throws {
        let meter = try Metering.meter(aggregation)
        let event = try Metering.event(properties)
        #expect(throws: error) { try meter.read(event) }
        #expect(error.property == "value")
        #expect(error.detail.contains("\"value\""))
    }

    @Test(arguments: Aggregation.allCases, ["{}", #"{"value":null}"#])
    func aRequiredPropertyMustBeThere(_ aggregation: Aggregation, _ properties: String) throws {
        let members =
            #""required":true"# + (aggregation == .count ? #","property":"value""# : "")
        let meter = try Metering.meter(aggregation, members)
        let event = try Metering.event(properties)
        #expect(throws: MeterReadingError.missing(property: "value")) { try meter.read(event) }
    }

    @Test(arguments: [
        (#"["region"]"#, #"{"region":"eu"}"#, #"{"region":"eu"}"#),
        (#"["region"]"#, "{}", #"{"region":null}"#),
        (#"["region"]"#, #"{"region":null}"#, #"{"region":null}"#),
        // In the meter's order, values in canonical form, a path under its own name.
        (
            #"["b","a","c.d"]"#, #"{"a":1.50,"b":"x\/y","c":{"d":[1e1,{"z":1,"y":2}]}}"#,
            #"{"b":"x/y","a":1.5,"c.d":[10,{"y":2,"z":1}]}"#
        ),
    ])
    func anEventFallsInAGroup(_ groupBy: String, _ properties: String, _ group: String) throws {
        let meter = try Metering.meter(.count, #""groupBy":\#(groupBy)"#)
        let found = try #require(meter.group(of: Metering.event(properties)))
        #expect(String(decoding: found, as: UTF8.self) == group)
    }

    @Test func aMeterWithoutGroupsHasNone() throws {
        #expect(try Metering.meter(.count).group(of: Metering.event("{}")) == nil)
    }
}
