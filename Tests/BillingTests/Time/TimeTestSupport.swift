import Billing
import Foundation
import JSON
import Testing

/// A seeded generator (SplitMix64): one seed, one run.
struct TimeRandom: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// The golden files of the time tests.
enum TimeFixture {
    static func bytes(_ name: String) throws -> [UInt8] {
        let file = try #require(
            Bundle.module.url(forResource: "Fixtures/\(name)", withExtension: nil))
        return Array(try Data(contentsOf: file))
    }

    /// Every zone and link of the tz database 2025b, `Factory` apart.
    static func zoneNames() throws -> [String] {
        String(decoding: try bytes("zones.txt"), as: UTF8.self)
            .split(separator: "\n").map(String.init)
    }
}

func instant(_ text: String) throws -> Instant {
    try #require(Instant(rfc3339: text), "\(text) is no instant")
}

func date(_ text: String) throws -> LocalDate {
    try #require(LocalDate(iso8601: text), "\(text) is no date")
}

func zone(_ name: String) throws -> Zone {
    try #require(Zone(name: name), "\(name) is no zone")
}

/// What reading `json` as one field's value gives, and everything wrong with it.
func reading<Value>(
    _ json: String, _ read: (FieldValue) -> Value?
) throws -> (value: Value?, issues: [FieldIssue]) {
    // The parser takes objects and arrays only.
    let document = try JSONDocument.parse(Array("[\(json)]".utf8))
    let issues = FieldIssues()
    let element = try #require(document.root.children.first { _ in true })
    let value = read(FieldValue(element, issues: issues))
    return (value, issues.all)
}
