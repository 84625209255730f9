import JSON
import Testing

struct JSONWriterTests {
    private func written(_ body: (inout JSONWriter) -> Void) -> String {
        var writer = JSONWriter()
        body(&writer)
        return String(decoding: writer.bytes, as: UTF8.self)
    }

    @Test func separatesMembersAndElements() {
        let text = written { writer in
            writer.object { writer in
                writer.member("a", 1)
                writer.key("b")
                writer.array { writer in
                    writer.null()
                    writer.bool(true)
                    writer.array { _ in }
                    writer.object { $0.member("c", false) }
                    writer.string("x")
                    writer.raw("1.5".utf8)
                    writer.number(Int64.min)
                    writer.number(UInt64.max)
                }
                writer.member("d", "y")
                writer.member("e", each: [Pair(1), Pair(2)])
                writer.member("f", Pair(3))
                writer.key("g")
                writer.object { _ in }
            }
        }
        #expect(
            text
                == #"{"a":1,"b":[null,true,[],{"c":false},"x",1.5,-9223372036854775808,"#
                + #"18446744073709551615],"d":"y","e":[{"p":1},{"p":2}],"f":{"p":3},"g":{}}"#)
    }

    private struct Pair: JSONWritable {
        let value: Int
        init(_ value: Int) { self.value = value }
        func write(to writer: inout JSONWriter) { writer.object { $0.member("p", value) } }
    }

    /// RFC 8785, 3.2.2.2, for every scalar that it treats apart.
    @Test func escapesOnlyWhatItMust() {
        let short: [UInt8: String] = [
            0x08: "\\b", 0x09: "\\t", 0x0A: "\\n", 0x0C: "\\f", 0x0D: "\\r", 0x22: "\\\"",
            0x5C: "\\\\",
        ]
        for byte in UInt8(0)..<0x80 {
            let expected =
                short[byte]
                ?? (byte < 0x20
                    ? "\\u00" + (byte < 16 ? "0" : "") + String(byte, radix: 16)
                    : String(Unicode.Scalar(byte)))
            #expect(written { $0.string([byte]) } == "\"\(expected)\"")
            #expect(
                written { $0.string([0x61, byte, byte, 0x62]) } == "\"a\(expected)\(expected)b\"")
        }
        #expect(written { $0.string("é\u{2028}\u{85}😀/") } == "\"é\u{2028}\u{85}😀/\"")
        #expect(written { $0.string("") } == "\"\"")
        #expect(written { $0.key("\"".utf8) } == #""\"":"#)
    }

    @Test func takesBytesFromAnySequence() {
        #expect(written { $0.string(AnySequence(Array("a\nb".utf8))) } == #""a\nb""#)
        #expect(written { $0.string("x\"yz".dropFirst()) } == #""\"yz""#)
    }

    @Test func whatItWritesIsReadAgain() throws {
        let all = String(String.UnicodeScalarView((0..<0x3000).compactMap(Unicode.Scalar.init)))
        let text = written { writer in writer.object { $0.member("a", all) } }
        let root = try JSONDocument.parse(Array(text.utf8)).root
        #expect(root.member("a")?.text == Array(all.utf8))
    }
}
