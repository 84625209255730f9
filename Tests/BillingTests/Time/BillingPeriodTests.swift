import Billing
import JSON
import Testing

struct BillingPeriodTests {
    @Test(arguments: [
        (#"{"interval":"month"}"#, BillingPeriod(.month)),
        (#"{"interval":"month","count":null,"anchor":null}"#, BillingPeriod(.month)),
        (
            #"{"interval":"day","count":366,"anchor":"subscription"}"#,
            BillingPeriod(.day, count: 366, anchor: .subscription)
        ),
        (
            #"{"anchor":"calendar","count":2,"interval":"quarter"}"#,
            BillingPeriod(.quarter, count: 2)
        ),
        (#"{"interval":"week"}"#, BillingPeriod(.week)),
        (#"{"interval":"year","count":3}"#, BillingPeriod(.year, count: 3)),
    ])
    func reads(_ json: String, _ expected: BillingPeriod) throws {
        let (value, issues) = try reading(json, BillingPeriod.init)
        #expect(value == expected)
        #expect(issues.isEmpty)
        let written = String(decoding: expected.json, as: UTF8.self)
        #expect(try reading(written, BillingPeriod.init).value == expected)
    }

    @Test func writesAllItsMembers() {
        #expect(
            String(decoding: BillingPeriod(.month).json, as: UTF8.self)
                == #"{"interval":"month","count":1,"anchor":"calendar"}"#)
    }

    @Test(arguments: [
        ("not an object", #""month""#, [""]),
        ("nothing", "{}", ["/interval"]),
        ("interval", #"{"interval":"fortnight"}"#, ["/interval"]),
        ("upper case", #"{"interval":"Month"}"#, ["/interval"]),
        ("count 0", #"{"interval":"day","count":0}"#, ["/count"]),
        ("count 367", #"{"interval":"day","count":367}"#, ["/count"]),
        ("count negative", #"{"interval":"day","count":-1}"#, ["/count"]),
        ("count not whole", #"{"interval":"day","count":1.5}"#, ["/count"]),
        ("count a string", #"{"interval":"day","count":"1"}"#, ["/count"]),
        ("unknown", #"{"interval":"day","every":1}"#, ["/every"]),
        (
            "all at once", #"{"interval":1,"count":0,"anchor":"x","z":1}"#,
            ["/interval", "/count", "/anchor", "/z"]
        ),
    ])
    func refuses(_ name: String, _ json: String, _ pointers: [String]) throws {
        #expect(try reading(json, BillingPeriod.init).issues.map(\.pointer) == pointers)
    }
}
