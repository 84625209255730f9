import Testing

@testable import tallystick

@Suite("YAML as JSON text")
struct YAMLTextTests {
    @Test(
        "scalars keep their text",
        arguments: [
            ("a: 0.0000025", #"{"a":0.0000025}"#),
            ("a: 1.10", #"{"a":1.10}"#),
            (
                "a: 123456789012345678901234.123456789012",
                #"{"a":123456789012345678901234.123456789012}"#
            ),
            ("a: -1e-7", #"{"a":-1e-7}"#),
            (#"a: "0.0000025""#, #"{"a":"0.0000025"}"#),
            ("a: '12'", #"{"a":"12"}"#),
            ("a: !!str 12", #"{"a":"12"}"#),
            (
                "a: true\nb: false\nc: null\nd: ~\ne:",
                #"{"a":true,"b":false,"c":null,"d":null,"e":null}"#
            ),
            ("a: NO\nb: yes\nc: on\nd: True", #"{"a":"NO","b":"yes","c":"on","d":"True"}"#),
            (
                "a: .5\nb: 1.\nc: 007\nd: 0x1F\ne: 1_000\nf: .inf\ng: +1",
                #"{"a":".5","b":"1.","c":"007","d":"0x1F","e":"1_000","f":".inf","g":"+1"}"#
            ),
            ("a: 2026-01-01", #"{"a":"2026-01-01"}"#),
            ("a: |\n  1.0\n", #"{"a":"1.0\n"}"#),
            ("1: one", #"{"1":"one"}"#),
            ("[a, [1, {b: c}], []]", #"["a",[1,{"b":"c"}],[]]"#),
            ("x: &p {u: 1}\ny: *p", #"{"x":{"u":1},"y":{"u":1}}"#),
            ("", "{}"),
            ("# nothing", "{}"),
            (#"{"a": [1, "b", null]}"#, #"{"a":[1,"b",null]}"#),
        ])
    func converts(yaml: String, json: String) throws {
        #expect(try String(decoding: YAMLText.json(yaml), as: UTF8.self) == json)
    }

    @Test(
        "documents that are refused",
        arguments: [
            "a: [", "a: 1\na: 2", "--- 1\n--- 2", "{? [a] : b}", "a: *nobody",
            String(repeating: "[", count: 40) + String(repeating: "]", count: 40),
        ])
    func refuses(_ yaml: String) {
        #expect(throws: YAMLTextError.self) { try YAMLText.json(yaml) }
    }

    @Test("aliases that multiply end at the limit")
    func laughs() {
        var yaml = "a0: &a0 \"\(String(repeating: "x", count: 1000))\"\n"
        for level in 1...12 {
            let copies = Array(repeating: "*a\(level - 1)", count: 9).joined(separator: ", ")
            yaml += "a\(level): &a\(level) [\(copies)]\n"
        }
        #expect(throws: YAMLTextError.self) { try YAMLText.json(yaml) }
    }
}
