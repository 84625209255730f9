import Foundation
import Testing

@testable import Documents

/// Invoices as a ledger wrote them, and the documents that they make, kept as files.
@Suite struct GoldenTests {
    static let names = ["period", "correction", "preview", "simulated", "hostile"]

    @Test(arguments: names)
    func text(_ name: String) throws {
        try compare(Array(InvoiceDocument(Fixture.bytes("\(name).json")).text.utf8), "\(name).txt")
    }

    @Test(arguments: names)
    func page(_ name: String) throws {
        try compare(
            InvoicePage.html(InvoiceDocument(Fixture.bytes("\(name).json"))), "\(name).html")
    }

    /// What differs is left beside the temporary files, to be looked at and perhaps kept.
    private func compare(_ document: [UInt8], _ name: String) throws {
        guard document != (try? Fixture.bytes(name)) else { return }
        let place = FileManager.default.temporaryDirectory.appendingPathComponent(name)
        try Data(document).write(to: place)
        Issue.record("\(name) is another one now; it stands in \(place.path)")
    }
}

enum Fixture {
    static func bytes(_ name: String) throws -> [UInt8] {
        let url = try #require(
            Bundle.module.url(forResource: name, withExtension: nil, subdirectory: "Fixtures"))
        return Array(try Data(contentsOf: url))
    }
}
