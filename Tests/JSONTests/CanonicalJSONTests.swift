import JSON
import Testing

struct CanonicalJSONTests {
    private func canonical(_ text: String) throws -> String {
        var writer = JSONWriter()
        try writer.canonical(JSONDocument.parse(Array(text.utf8)).root)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test(arguments: [
        ("white space", " { \"a\" : [ 1 , 2 ] } ", #"{"a":[1,2]}"#),
        ("members sorted", #"{"b":1,"a":2,"B":3,"":4}"#, #"{"":4,"B":3,"a":2,"b":1}"#),
        ("inner members sorted", #"{"x":[{"b":1,"a":2}]}"#, #"{"x":[{"a":2,"b":1}]}"#),
        (
            "sorted by UTF-8, not UTF-16", #"{"\ud83d\ude00":1,"\ufb33":2}"#,
            "{\"\u{FB33}\":2,\"😀\":1}"
        ),
        ("elements stay", "[3,1,2]", "[3,1,2]"),
        ("literals", "[null,true,false]", "[null,true,false]"),
        ("empty", #"{"a":{},"b":[]}"#, #"{"a":{},"b":[]}"#),
        ("numbers", "[1.50e2,-0,0.10,10,-10,-0.5,1E-2,100.0]", "[150,0,0.1,10,-10,-0.5,0.01,100]"),
        (
            "no digit is lost", "[9007199254740993,0.1234567890123456789]",
            "[9007199254740993,0.1234567890123456789]"
        ),
        ("escapes undone", #"["\u0041\u00e9\/\u007f"]"#, "[\"Aé/\u{7F}\"]"),
        (
            "escapes kept short", #"["\u0008\u0009\u000a\u000c\u000d\u0022\u005c"]"#,
            #"["\b\t\n\f\r\"\\"]"#
        ),
        ("escapes in lower case", #"["\u001F\u0000"]"#, #"["\u001f\u0000"]"#),
        ("escapes in keys", #"{"\u000A":1}"#, #"{"\n":1}"#),
        ("strings are not normalised", "[\"e\\u0301\"]", "[\"e\u{301}\"]"),
    ])
    func writes(_ name: String, _ text: String, _ expected: String) throws {
        let written = try canonical(text)
        #expect(Array(written.utf8) == Array(expected.utf8))
        #expect(try canonical(written) == written)
    }

    @Test func refusesExponentsOutOfBounds() {
        for text in ["[1e129]", #"{"a":[{"b":1e-129}],"c":1}"#] {
            #expect(throws: NumberTextError.exponentOutOfBounds) { try canonical(text) }
        }
    }
}
