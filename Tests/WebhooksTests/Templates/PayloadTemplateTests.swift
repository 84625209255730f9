import JSON
import Testing
import Webhooks

struct PayloadTemplateTests {
    /// Whatever breaks out of strings, and what looks like a tag.
    private static let hostile = "a\"b\\c\nd\re\tf<g>&'h\u{1}i{{number}}j\u{2028}é"

    private func invoice(name: String, lines: Int = 2) throws -> JSONNode {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("number", "7")
            writer.member("total", "12.50")
            writer.member("revision", 0)
            writer.key("customer")
            writer.object { writer in
                writer.member("name", name)
                writer.key("total")
                writer.null()
                writer.key("metadata")
                writer.object { writer in
                    for key in ["z", "a", "m"] {
                        writer.key(key.utf8)
                        writer.string(key)
                    }
                }
            }
            writer.key("lines")
            writer.array { writer in
                for index in 0..<lines {
                    writer.object { writer in
                        writer.member("id", "l\(index)")
                        writer.member("amount", index % 2 == 0 ? "10.00" : "-2.50")
                    }
                }
            }
        }
        return try JSONDocument.parse(writer.bytes).root
    }

    private func render(
        _ text: String, _ contentType: String = "text/plain", name: String = "Acme",
        lines: Int = 2
    ) throws -> String {
        let type = try #require(PayloadContentType(contentType))
        let template = try PayloadTemplate(text, contentType: type)
        return String(
            decoding: try template.render(invoice(name: name, lines: lines)), as: UTF8.self)
    }

    @Test(arguments: ["application/json", "application/vnd.books+json"])
    func namesStayNamesInJSON(_ type: String) throws {
        let text = try render(
            #"{"name": "{{customer.name}}", "raw": {{{revision}}}}"#, type, name: Self.hostile)
        let root = try JSONDocument.parse(Array(text.utf8)).root
        #expect(root.member("name")?.string == Self.hostile)
        #expect(text.contains(#"\"b\\c\nd\re\tf<g>&'h\u0001i{{number}}j"#))
    }

    @Test(arguments: [
        (
            "text/csv", "\"{{customer.name}}\"",
            "\"a\"\"b\\c\nd\re\tf<g>&'h\u{1}i{{number}}j\u{2028}é\""
        ),
        (
            "application/xml", "<n>{{customer.name}}</n>",
            "<n>a&quot;b\\c&#10;d&#13;e&#9;f&lt;g&gt;&amp;&#39;h\u{FFFD}i{{number}}j\u{2028}é</n>"
        ),
        ("text/plain", "{{customer.name}}", hostile),
    ])
    func namesStayNames(_ type: String, _ template: String, _ expected: String) throws {
        #expect(try render(template, type, name: Self.hostile) == expected)
    }

    @Test(arguments: [
        ("members", "{{number}}/{{customer.name}}", "7/Acme"),
        ("what is not there", "[{{missing}}]", "[]"),
        ("null hides outer names", "{{#customer}}[{{total}}]{{/customer}}", "[]"),
        ("sections", "{{#lines}}{{id}}={{amount}};{{/lines}}", "l0=10.00;l1=-2.50;"),
        ("separators", "{{#lines}}{{id}}{{^last()}},{{/last()}}{{/lines}}", "l0,l1"),
        ("outer names", "{{#lines}}{{number}}{{/lines}}", "77"),
        ("sides", "{{receivable.debit}} {{receivable.credit}}", "12.50 0.00"),
        (
            "sides of lines",
            "{{#lines}}{{revenue.debit}} {{revenue.credit}};{{/lines}}", "0.00 10.00;2.50 0.00;"
        ),
        (
            "members in order of their keys",
            "{{#enumerated(customer.metadata)}}{{key}}{{value}}{{/enumerated(customer.metadata)}}",
            "aammzz"
        ),
        ("objects show nothing", "[{{customer}}{{lines}}]", "[]"),
        ("a first line of its own", "{{#lines}}\nx\n{{/lines}}\n", "x\nx\n"),
        ("a blank first line", "\nx", "\nx"),
        ("comments", "a{{! whatever }}b", "ab"),
    ])
    func values(_ name: String, _ template: String, _ expected: String) throws {
        #expect(try render(template) == expected, "\(name)")
    }

    @Test(arguments: [
        ("an open section", "a\n{{#lines}}", "line 2"),
        ("another section's end", "{{#lines}}\n\n{{/line}}", "line 3"),
        ("an open tag", "{{number", "line 1"),
        ("a bad name", "{{a b}}", "line 1"),
        ("a partial", "{{>other}}", "{{>"),
        ("a parent", "{{<other}}{{/other}}", "{{<"),
        ("a block", "{{$b}}{{/b}}", "{{$"),
        ("other delimiters", "{{=<% %>=}}", "{{="),
        ("a pragma", "{{%CONTENT_TYPE:HTML}}", "{{%"),
        (
            "too deep",
            String(repeating: "{{#a}}", count: 17) + String(repeating: "{{/a}}", count: 17),
            "deeper than 16"
        ),
        ("too long", String(repeating: "x", count: 16_385), "longer than 16384"),
    ])
    func refused(_ name: String, _ template: String, _ reason: String) throws {
        let plain = try #require(PayloadContentType("text/plain"))
        let error = #expect(throws: PayloadTemplateError.self) {
            try PayloadTemplate(template, contentType: plain)
        }
        #expect(error?.description.contains(reason) == true, "\(name): \(error?.description ?? "")")
    }

    @Test func aTemplateThatMakesNoJSONIsFoundOut() throws {
        for text in [#"{"a": {{customer.name}}}"#, #"{"a": [{{#lines}}1,{{/lines}}]}"#] {
            #expect(throws: PayloadTemplateError.self) { try PayloadTemplate(text).tryOut() }
        }
        try PayloadTemplate(#"{"a": "{{customer.name}}"}"#).tryOut()
    }

    /// Sections within sections multiply: 2,000 lines eight times would be 10^26 elements.
    @Test(.timeLimit(.minutes(1)))
    func whatMultipliesIsCut() throws {
        let nested =
            String(repeating: "{{#lines}}", count: 8) + "x"
            + String(repeating: "{{/lines}}", count: 8)
        #expect(throws: PayloadTemplateError.self) { try render(nested, lines: 2_000) }
        #expect(try render("{{#lines}}x{{/lines}}", lines: 2_000).count == 2_000)
    }

    @Test func theOutputIsBounded() throws {
        let name = String(repeating: "n", count: 1 << 20)
        #expect(throws: PayloadTemplateError.self) {
            try render("{{#lines}}{{customer.name}}{{/lines}}", name: name, lines: 9)
        }
        #expect(
            try render("{{#lines}}{{customer.name}}{{/lines}}", name: name, lines: 8).utf8.count
                == 8 << 20)
    }

    @Test(arguments: [
        "image/png", "application/pdf", "text/html", "", "application/json\r\nx: y",
        "application/json; charset=utf-8", "APPLICATION/JSON",
    ])
    func otherContentTypes(_ name: String) {
        #expect(PayloadContentType(name) == nil)
    }
}
