import Foundation
import Testing
import Webhooks

struct SecretVaultTests {
    private static let text = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8="
    private let endpoint = Array("books".utf8)
    private let secret = WebhookSecret.generate()

    private func vault(_ first: UInt8? = 0) throws -> SecretVault {
        guard let first else { return SecretVault() }
        let bytes = Data([first] + Array(repeating: 7, count: 31))
        let key = try #require(SecretKey(bytes.base64EncodedString()))
        return SecretVault(key: key)
    }

    @Test func sealedTextReadsBackAndTellsNothing() throws {
        let vault = try vault()
        let stored = try vault.store(secret, of: endpoint)
        #expect(try vault.open(stored, of: endpoint) == secret)
        #expect(SecretVault.isSealed(stored))
        #expect(!stored.contains(" "))
        #expect(!stored.contains(secret.text.dropFirst(6)))
        // Another nonce each time.
        #expect(try vault.store(secret, of: endpoint) != stored)
    }

    @Test func withoutAKeyItIsStoredAsItIs() throws {
        let stored = try vault(nil).store(secret, of: endpoint)
        #expect(stored == secret.text)
        #expect(!SecretVault.isSealed(stored))
        // A key configured later still reads it.
        #expect(try vault().open(stored, of: endpoint) == secret)
    }

    @Test(arguments: [
        ("another key", UInt8?.some(1), "books", SecretVaultError.wrongKey),
        ("no key", nil, "books", .keyMissing),
        ("another endpoint's place", 0, "other", .wrongKey),
    ])
    func refuses(
        _ name: String, _ key: UInt8?, _ place: String, _ expected: SecretVaultError
    ) throws {
        let stored = try vault().store(secret, of: endpoint)
        #expect(throws: expected) { try vault(key).open(stored, of: Array(place.utf8)) }
    }

    @Test func whatWasChangedIsRefused() throws {
        let stored = try vault().store(secret, of: endpoint)
        // Not the last digit: the padding leaves some of its bits without a meaning.
        let digit = try #require(stored.dropLast(7).last)
        let changed = stored.dropLast(8) + (digit == "A" ? "B" : "A") + stored.suffix(7)
        #expect(throws: SecretVaultError.self) {
            try vault().open(String(changed), of: endpoint)
        }
    }

    @Test(arguments: ["", "whsec_", "whsec_AAAA", "aes256gcm:", "aes256gcm:***", "plain"])
    func unreadable(_ stored: String) throws {
        #expect(throws: SecretVaultError.self) { try vault().open(stored, of: endpoint) }
    }

    @Test func anEndpointWithoutSecretsSignsNothing() throws {
        #expect(throws: SecretVaultError.unreadable) { try vault().open([], of: endpoint) }
    }

    @Test(arguments: [
        ("right", text, true), ("empty", "", false), ("no base64", "secret", false),
        ("31 bytes", Data(count: 31).base64EncodedString(), false),
        ("33 bytes", Data(count: 33).base64EncodedString(), false),
        ("hex", String(repeating: "0f", count: 32), false), ("a space", text + " ", false),
    ])
    func keys(_ name: String, _ text: String, _ isKey: Bool) {
        #expect((SecretKey(text) != nil) == isKey, "\(name)")
    }

    @Test func printingNeverShowsAKey() throws {
        let key = try #require(SecretKey(Self.text))
        var dumped = ""
        dump(key, to: &dumped)
        for text in ["\(key)", String(reflecting: key), dumped] {
            #expect(text.contains("hidden"))
            #expect(!text.contains("31"))
        }
    }
}
