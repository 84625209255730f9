import Billing
import JSON
import Testing

/// How meters are declared, and what is wrong with one.
struct MeterJSONTests {
    @Test(arguments: [
        #"{"key":"m","eventName":"call","aggregation":"count"}"#,
        #"{"key":"m","eventName":"call","aggregation":"sum","property":"a.b","required":true}"#,
        #"{"key":"A_z.9-","eventName":"née/call","aggregation":"unique","property":"user"}"#,
        #"""
        {"key":"m","eventName":"call","aggregation":"average","property":"ms","filters":[{"property":"status","operator":"lt","value":500},{"property":"region","operator":"in","values":["eu",1,true]},{"property":"test","operator":"notExists"}],"groupBy":["region","model"]}
        """#,
    ])
    func isWrittenAsItIsRead(_ json: String) throws {
        let meter = try Metering.meter(json)
        #expect(String(decoding: meter.json, as: UTF8.self) == json)
        #expect(try Metering.meter(json) == meter)
    }

    @Test func defaultsAreNotWritten() throws {
        let plain = try Metering.meter(.count)
        let spelled = try Metering.meter(.count, #""required":false,"filters":[],"groupBy":[]"#)
        #expect(plain == spelled)
        #expect(plain != (try Metering.meter(.count, #""groupBy":["region"]"#)))
    }

    @Test(arguments: [
        ("nothing", "{}", ["/key", "/eventName", "/aggregation"]),
        (
            "a key of other characters",
            #"{"key":"a b","eventName":"e","aggregation":"count"}"#, ["/key"]
        ),
        (
            "an event name with a control character",
            #"{"key":"m","eventName":"e\u0007","aggregation":"count"}"#, ["/eventName"]
        ),
        (
            "an unknown aggregation",
            #"{"key":"m","eventName":"e","aggregation":"median","property":"p"}"#,
            ["/aggregation"]
        ),
        (
            "no property to read", #"{"key":"m","eventName":"e","aggregation":"sum"}"#,
            ["/aggregation"]
        ),
        (
            "a typo", #"{"key":"m","eventName":"e","aggregation":"count","filter":[]}"#,
            ["/filter"]
        ),
        (
            "faults of two filters",
            #"""
            {"key":"m","eventName":"e","aggregation":"count","filters":[
              {"property":"p","operator":"like","value":1},{"property":"p","operator":"eq"}]}
            """#,
            ["/filters/0/operator", "/filters/1"]
        ),
    ])
    func refuses(_ name: String, _ json: String, _ pointers: [String]) throws {
        let (value, issues) = try JSONText.field(json)
        _ = Meter(value)
        #expect(issues.all.map(\.pointer) == pointers, "\(issues.all)")
    }

    @Test(arguments: [
        ("eq", #""values":["a"]"#, ""), ("eq", #""value":1,"values":[2]"#, ""),
        ("gt", #""value":null"#, ""), ("in", #""value":1"#, ""), ("notIn", #""values":[]"#, ""),
        ("exists", #""value":true"#, ""), ("notExists", #""values":["a"]"#, ""),
        ("eq", #""value":{}"#, "/value"), ("in", #""values":["a",null]"#, "/values/1"),
        ("in", #""values":["a",["b"]]"#, "/values/1"),
    ])
    func anOperatorTakesItsOperandsOnly(
        _ kind: String, _ members: String, _ pointer: String
    ) throws {
        let (value, issues) = try JSONText.field(
            #"{"property":"p","operator":"\#(kind)",\#(members)}"#)
        #expect(MeterFilter(value) == nil)
        #expect(issues.all.map(\.pointer) == [pointer], "\(issues.all)")
    }

    @Test func listsHaveLimits() throws {
        func values(_ count: Int) throws -> [String] {
            let list = (0..<count).map(String.init).joined(separator: ",")
            let (value, issues) = try JSONText.field(
                #"{"property":"p","operator":"in","values":[\#(list)]}"#)
            _ = MeterFilter(value)
            return issues.all.map(\.pointer)
        }
        #expect(try values(BillingLimits.filterValues) == [])
        #expect(try values(BillingLimits.filterValues + 1) == [""])
        let filter = #"{"property":"p","operator":"exists"}"#
        let most = BillingLimits.filters
        for (count, isRefused) in [(most, false), (most + 1, true)] {
            let filters = [String](repeating: filter, count: count).joined(separator: ",")
            let (value, issues) = try JSONText.field(
                #"{"key":"m","eventName":"e","aggregation":"count","filters":[\#(filters)]}"#)
            _ = Meter(value)
            #expect(issues.all.map(\.pointer) == (isRefused ? ["/filters"] : []))
        }
    }
}
