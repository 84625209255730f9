import Billing
import JSON
import Testing

/// Prices as JSON: everything wrong with one is listed at once, and what is written reads back equal.
struct PriceReadingTests {
    struct Fault: Sendable, CustomTestStringConvertible {
        let name: String
        let json: String
        /// Where faults are; `!` marks one of form (400), all others are of meaning (422).
        let pointers: [String]

        init(_ name: String, _ json: String, _ pointers: String...) {
            self.name = name
            self.json = json
            self.pointers = pointers
        }

        var testDescription: String { name }
    }

    @Test(arguments: [
        Fault("no object", "[]", "!"),
        Fault("no model", "{}", "!/model"),
        Fault("unknown model", #"{"model":"weekly"}"#, "/model"),
        Fault("nothing but the model", #"{"model":"perUnit"}"#, "!/unitAmount"),
        Fault("a negative amount", #"{"model":"perUnit","unitAmount":"-1"}"#, "/unitAmount"),
        Fault(
            "too many digits", #"{"model":"perUnit","unitAmount":0.0000000000001}"#, "/unitAmount"),
        Fault("no decimal", #"{"model":"perUnit","unitAmount":true}"#, "!/unitAmount"),
        Fault(
            "a typo", #"{"model":"perUnit","unitAmount":"1","maximun":"2"}"#, "!/maximun"),
        Fault(
            "the minimum above the maximum",
            #"{"model":"perUnit","unitAmount":"1","minimum":"3","maximum":"2.99"}"#, "/minimum"),
        Fault(
            "an unknown choice",
            #"{"model":"perUnit","unitAmount":"1","zeroUsageFlatFee":"maybe"}"#,
            "/zeroUsageFlatFee"),
        Fault("no tiers", #"{"model":"graduated","tiers":[]}"#, "/tiers"),
        Fault(
            "tiers that do not ascend",
            """
            {"model":"volume","tiers":[{"upTo":"0","unitAmount":"1"},{"upTo":"10","unitAmount":"1"},
            {"upTo":"10.0","unitAmount":"1"},{"upTo":null,"unitAmount":"1"}]}
            """, "/tiers/0/upTo", "/tiers/2/upTo"),
        Fault(
            "a last tier with an end",
            #"{"model":"graduated","tiers":[{"upTo":"10","unitAmount":"1"}]}"#, "/tiers/0/upTo"),
        Fault(
            "an endless tier in between",
            #"{"model":"stairstep","tiers":[{"upTo":null,"flatAmount":"1"},{"flatAmount":"2"}]}"#,
            "/tiers/0/upTo"),
        Fault(
            "several faults in tiers",
            """
            {"model":"graduated","tiers":[{"upTo":"5","unitAmount":"-1","flatAmount":"x"},7,
            {"upTo":null,"rate":"1"}],"minimum":"-1"}
            """,
            "/tiers/0/unitAmount", "/tiers/0/flatAmount", "!/tiers/1", "!/tiers/2/unitAmount",
            "!/tiers/2/rate", "/minimum"),
        Fault(
            "an empty package",
            #"{"model":"package","packageSize":0,"packageAmount":"1","packageRounding":"near"}"#,
            "/packageSize", "/packageRounding"),
        Fault(
            "a package in a tier",
            """
            {"model":"graduatedPackage",
            "tiers":[{"upTo":null,"packageSize":"-1","packageAmount":"-1"}]}
            """, "/tiers/0/packageSize", "/tiers/0/packageAmount"),
        Fault(
            "rounding where a model has none",
            """
            {"model":"volumePackage","packageRounding":"up",
            "tiers":[{"upTo":null,"packageSize":"1","packageAmount":"1"}]}
            """, "!/packageRounding"),
        Fault(
            "percentage",
            """
            {"model":"percentage","rate":"-2","freeEvents":1.5,"freeAmount":"-1",
            "perTransactionMinimum":"2","perTransactionMaximum":"1"}
            """,
            "/rate", "!/freeEvents", "/freeAmount", "/perTransactionMinimum"),
        Fault(
            "unit options of a percentage",
            """
            {"model":"percentage","rate":"2","includedUnits":"1",
            "unitConfig":{"operation":"divide","factor":"10"}}
            """, "!/includedUnits", "!/unitConfig"),
        Fault(
            "unit options of a dynamic price",
            #"{"model":"dynamic","multiplier":"1","includedUnits":"1"}"#, "!/includedUnits"),
        Fault(
            "unit conversion",
            """
            {"model":"perUnit","unitAmount":"1","includedUnits":"-1","unitConfig":{"operation":"add",
            "factor":"0","rounding":"nearest","precision":13,"to":"GB"}}
            """,
            "/includedUnits", "/unitConfig/operation", "/unitConfig/factor", "/unitConfig/rounding",
            "/unitConfig/precision", "!/unitConfig/to"),
    ])
    func listsEveryFault(_ fault: Fault) throws {
        let (value, issues) = try JSONText.field(fault.json)
        #expect(Price(value) == nil)
        let found = issues.all.map { ($0.severity == .malformed ? "!" : "") + $0.pointer }
        #expect(Set(found) == Set(fault.pointers))
        #expect(found.count == fault.pointers.count)
    }

    @Test func tiersHaveALimit() throws {
        let tier = #"{"upTo":"1","unitAmount":"1"}"#
        let tiers = Array(repeating: tier, count: 1_001).joined(separator: ",")
        let (value, issues) = try JSONText.field(#"{"model":"volume","tiers":[\#(tiers)]}"#)
        #expect(Price(value) == nil)
        #expect(issues.all.map(\.pointer) == ["/tiers"])
    }

    /// Every model with every option, as it is written: canonical members in a fixed order.
    @Test(arguments: [
        #"{"model":"perUnit","unitAmount":"0.0000025"}"#,
        #"{"model":"graduated","tiers":[{"upTo":"10","unitAmount":"2","flatAmount":"1"},{"upTo":null,"unitAmount":"1.5"}]}"#,
        #"{"model":"volume","tiers":[{"upTo":null,"unitAmount":"0"}],"zeroUsageFlatFee":"charge"}"#,
        #"{"model":"package","packageSize":"10","packageAmount":"3"}"#,
        #"{"model":"package","packageSize":"0.5","packageAmount":"3","packageRounding":"down"}"#,
        #"{"model":"graduatedPackage","tiers":[{"upTo":"10","packageSize":"5","packageAmount":"1"},{"upTo":null,"packageSize":"3","packageAmount":"2"}]}"#,
        #"{"model":"volumePackage","tiers":[{"upTo":null,"packageSize":"5","packageAmount":"1"}]}"#,
        #"{"model":"percentage","rate":"2.9"}"#,
        #"{"model":"percentage","rate":"2.9","fixedFee":"0.3","freeEvents":0,"freeAmount":"0","perTransactionMinimum":"0","perTransactionMaximum":"5","minimum":"0","maximum":"9"}"#,
        #"{"model":"graduatedPercentage","tiers":[{"upTo":"10","rate":"1","flatAmount":"2"},{"upTo":null,"rate":"0.5"}]}"#,
        #"{"model":"stairstep","tiers":[{"upTo":"10","flatAmount":"0"},{"upTo":null,"flatAmount":"99.5"}]}"#,
        #"{"model":"dynamic","multiplier":"1.05","maximum":"10"}"#,
        #"{"model":"perUnit","unitAmount":"1","minimum":"1","maximum":"2","zeroUsageFlatFee":"charge","includedUnits":"5","unitConfig":{"operation":"multiply","factor":"1.5","rounding":"halfUp","precision":2}}"#,
    ])
    func readsBackWhatItWrote(_ json: String) throws {
        let price = try JSONText.price(json)
        #expect(String(decoding: price.json, as: UTF8.self) == json)
        #expect(try JSONText.price(json) == price)
    }

    @Test(arguments: [
        (
            #"{"model":"graduated","tiers":[{"upTo":10.0,"unitAmount":1,"flatAmount":"0.00"},{"unitAmount":"2"}],"includedUnits":0,"zeroUsageFlatFee":"skip"}"#,
            #"{"model":"graduated","tiers":[{"upTo":"10","unitAmount":"1"},{"upTo":null,"unitAmount":"2"}]}"#
        ),
        (
            #"{"unitConfig":{"rounding":"none","precision":0,"factor":1e3,"operation":"divide"},"unitAmount":"1","model":"perUnit"}"#,
            #"{"model":"perUnit","unitAmount":"1","unitConfig":{"operation":"divide","factor":"1000"}}"#
        ),
        (
            #"{"model":"package","packageSize":"1","packageAmount":"1","packageRounding":"up"}"#,
            #"{"model":"package","packageSize":"1","packageAmount":"1"}"#
        ),
    ])
    func defaultsAreLeftOut(given: String, canonical: String) throws {
        let price = try JSONText.price(given)
        #expect(String(decoding: price.json, as: UTF8.self) == canonical)
        #expect(try JSONText.price(canonical) == price)
        #expect(try JSONText.price(canonical).hashValue == price.hashValue)
    }

    @Test(arguments: [
        ("{}", ["!"]), (#"{"quantity":"1","amounts":["1"]}"#, ["!"]),
        (#"{"quantity":"x"}"#, ["/quantity"]), (#"{"amounts":["1",-0.5,"y"]}"#, ["/amounts/2"]),
        (#"{"quantity":"1","unit":"GB"}"#, ["!/unit"]),
    ])
    func usageListsItsFaults(json: String, pointers: [String]) throws {
        let price = try JSONText.price(#"{"model":"perUnit","unitAmount":"1"}"#)
        let (value, issues) = try JSONText.field(json)
        #expect(GivenUsage(value).flatMap { price.usage($0) } == nil)
        #expect(
            issues.all.map { ($0.severity == .malformed ? "!" : "") + $0.pointer } == pointers)
    }

    @Test func aPercentageAsksForItsTransactions() throws {
        let price = try JSONText.price(#"{"model":"percentage","rate":"1"}"#)
        let (value, issues) = try JSONText.field(#"{"quantity":"1"}"#)
        #expect(GivenUsage(value).flatMap { price.usage($0) } == nil)
        #expect(issues.all.map(\.pointer) == ["/quantity"])
    }
}
