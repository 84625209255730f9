import Foundation
import Testing

@testable import TallystickClient

@Suite("UUIDv7")
struct UUIDv7Tests {
    @Test("the instant first, then version, variant and random bits")
    func form() throws {
        let instant = Date(timeIntervalSince1970: 1_768_476_600.123)
        let ids = (0..<1_000).map { _ in UUIDv7.make(instant) }
        #expect(Set(ids).count == 1_000)
        let form = /019bc16b-673b-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/
        #expect(ids.filter { $0.wholeMatch(of: form) == nil } == [])
        let later = UUIDv7.make(instant + 1)
        #expect(ids.allSatisfy { $0 < later })
    }
}
