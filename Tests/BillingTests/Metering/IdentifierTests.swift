import Billing
import Foundation
import Testing

/// Ids: 1 to 255 characters, no control characters, and nothing but their bytes.
struct IdentifierTests {
    @Test(arguments: [
        ("one character", "a"), ("spaces", " a b "), ("quotes", "\"'\\/"), ("255", longest("x")),
        ("255 of four bytes", longest("\u{1F600}")), ("no-break space", "\u{A0}"),
        ("soft hyphen", "\u{AD}"), ("a combining mark alone", "\u{301}"), ("zero", "0"),
    ])
    func takes(_ name: String, _ text: String) throws {
        let identifier = try #require(Identifier(text))
        #expect(identifier.bytes == Array(text.utf8))
        #expect(identifier.string.utf8.elementsEqual(text.utf8))
    }

    @Test(arguments: [
        ("empty", ""), ("256", longest("x") + "x"), ("256 of two bytes", longest("\u{E9}") + "y"),
        ("NUL", "a\u{0}"), ("tab", "\t"), ("line feed", "a\nb"), ("unit separator", "\u{1F}"),
        ("DEL", "a\u{7F}"), ("U+0080", "\u{80}"), ("next line", "a\u{85}b"),
        ("U+009F", "a\u{9F}"),
    ])
    func refuses(_ name: String, _ text: String) { #expect(Identifier(text) == nil) }

    private static func longest(_ character: Unicode.Scalar) -> String {
        String(repeating: Character(character), count: 255)
    }

    @Test func equivalentTextsAreDifferentIds() throws {
        let composed = try #require(Identifier("\u{E9}"))
        let decomposed = try #require(Identifier("e\u{301}"))
        #expect(composed.string == decomposed.string)
        #expect(composed != decomposed)
        #expect(Set([composed, decomposed]).count == 2)
    }

    @Test func idsAreOrderedByTheirBytes() throws {
        let texts = [
            "\u{1F600}", "\u{FFFD}", "\u{E9}", "e\u{301}", "b", "aa", "a", "B", "10", "9",
        ]
        let sorted = texts.compactMap { Identifier($0) }.sorted().map(\.string)
        let expected = [
            "10", "9", "B", "a", "aa", "b", "e\u{301}", "\u{E9}", "\u{FFFD}", "\u{1F600}",
        ]
        #expect(sorted.map { Array($0.utf8) } == expected.map { Array($0.utf8) })
    }

    @Test(arguments: [
        ("a", true), ("A-z_0.9", true), (String(repeating: "k", count: 64), true), ("", false),
        (String(repeating: "k", count: 65), false), ("a b", false), ("a/b", false), ("é", false),
        ("a#minimum", false), ("a\n", false),
    ])
    func keysAreOfAFewCharacters(_ text: String, _ isKey: Bool) throws {
        let escaped = text.replacingOccurrences(of: "\n", with: "\\n")
        let (key, issues) = try reading("\"\(escaped)\"") { $0.key() }
        #expect(key == (isKey ? text : nil))
        #expect(issues.isEmpty == isKey)
    }
}
