import Crypto
import Foundation
import JSON
import TestRandom
import Testing

@testable import Documents

/// Names and values of whoever sends them: a terminal gets no control characters, a browser no
/// markup.
@Suite struct HostileTextTests {
    /// An invoice all of whose texts are `text`.
    private func invoice(_ text: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            for name in ["id", "number", "kind", "status", "subscriptionId", "currency", "total"] {
                writer.key(name.utf8)
                writer.string(text)
            }
            for name in ["customer", "plan", "period", "log"] {
                writer.key(name.utf8)
                writer.object { writer in
                    for member in ["id", "name", "key", "version", "start", "timezone", "chain"] {
                        writer.key(member.utf8)
                        writer.string(text)
                    }
                    writer.key("metadata")
                    writer.object { writer in
                        writer.key(text.utf8)
                        writer.array { $0.string(text) }
                    }
                }
            }
            writer.key("lines")
            writer.array { $0.object { line(text, &$0) } }
        }
        return writer.bytes
    }

    private func line(_ text: String, _ writer: inout JSONWriter) {
        writer.member("description", text)
        writer.member("quantity", text)
        writer.member("amount", text)
        writer.member("unroundedAmount", text)
        writer.key("breakdown")
        writer.array { writer in
            writer.object { writer in
                writer.member("tier", text)
                writer.member("units", text)
                writer.member("unitAmount", text)
            }
        }
        writer.key("groups")
        writer.array { writer in
            writer.object { writer in
                writer.key("group")
                writer.object { writer in
                    writer.key("name".utf8)
                    writer.string(text)
                }
                writer.member("quantity", text)
            }
        }
        writer.key("evidence")
        writer.object { $0.member("digest", text) }
    }

    static let texts = [
        "<script>alert(1)</script>", "\" onload=alert(1) x=\"", "' onload='", "<\u{338}script>",
        "\"\u{301} onload=x", "&\u{301}lt;", "</style><script>", "<!--", "]]>", "{{title}}",
        "{{{style}}}", "\u{1B}[2J", "\u{1B}]0;title\u{7}", "\u{9B}31m", "\r\u{8}\u{7F}",
        "\u{202E}evil", "\u{2066}x\u{2028}y", "\u{0}", "e\u{301}", "日本語",
    ]

    private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
        scalar == "\n"
            || (scalar.properties.generalCategory != .control && !scalar.properties.isBidiControl)
    }

    /// Everything between `<` and `>`.
    private static func tags(_ page: String) -> [String] {
        page.unicodeScalars.split(separator: "<").dropFirst().map { part in
            String(String.UnicodeScalarView(part.prefix { $0 != ">" }))
        }
    }

    private func expectHarmless(_ text: String) throws {
        let document = try InvoiceDocument(invoice(text))
        #expect(
            document.text.unicodeScalars.allSatisfy(Self.isHarmless), "\(text.debugDescription)")
        let page = String(decoding: try InvoicePage.html(document), as: UTF8.self)
        #expect(page.unicodeScalars.allSatisfy(Self.isHarmless), "\(text.debugDescription)")
        let plain = String(
            decoding: try InvoicePage.html(InvoiceDocument(invoice("x"))), as: UTF8.self)
        #expect(Self.tags(page) == Self.tags(plain), "\(text.debugDescription)")
    }

    @Test(arguments: texts)
    func known(_ text: String) throws { try expectHarmless(text) }

    @Test("whatever the characters", arguments: 1...20)
    func random(_ seed: Int) throws {
        var random = SeededRandom(seed: UInt64(seed))
        let special = "<>&\"'{}/!-]\u{1B}\u{9B}\u{338}\u{301}\u{202E}".unicodeScalars.map(\.self)
        for _ in 0..<20 {
            var text = String.UnicodeScalarView()
            for _ in 0..<random.int(1...12) {
                let any = Unicode.Scalar(UInt32(random.int(0...0x2FFF))) ?? "x"
                text.append(random.chance(60) ? random.element(special) : any)
            }
            try expectHarmless(String(text))
        }
    }

    @Test func thePageAllowsItsOwnStyleOnly() throws {
        let page = String(
            decoding: try InvoicePage.html(InvoiceDocument(invoice("x"))), as: UTF8.self)
        let style = try #require(page.firstMatch(of: /<style>((?:.|\n)*)<\/style>/)?.1)
        let hash = Data(SHA256.hash(data: Data(style.utf8))).base64EncodedString()
        let policy =
            "default-src 'none'; style-src 'sha256-\(hash)'; base-uri 'none'; form-action 'none'"
        #expect(InvoicePage.policy == policy + "; frame-ancestors 'none'")
        #expect(page.contains("content=\"\(policy.replacing("'", with: "&#39;"))\""))
        #expect(!page.contains("http://") && !page.contains("https://"))
        for name in ["src=", "href=", "url(", "@import", "<script", "style="] {
            #expect(!page.contains(name), "\(name)")
        }
    }
}
