import FunctionKit
import JSON
import Testing

@testable import tallystick
@testable import tallystick_demo

@Suite("What functions ask of a key")
struct ScopeTests {
    private let bench: Bench

    init() throws { bench = try Bench() }

    /// How the names of functions begin that change nothing.
    private static let reading = [
        "get", "list", "query", "rank", "price", "simulate", "trace", "verify",
    ]

    private static func expected(_ name: String) -> AccessScope {
        switch name {
        case "ingestEvent", "voidEvent": .ingest
        case "listKeys": .admin
        default: reading.contains { name.hasPrefix($0) } ? .read : .admin
        }
    }

    @Test("each function has the scope that its name says")
    func functions() async throws {
        try await Wiring.with(
            bench.folder.file("a.db"), webhooks: WebhookWiring(Setting(environment: [:])),
            logger: silent
        ) { wiring in
            let nothing = try JSONDocument.parse(Array("{}".utf8))
            #expect(wiring.functions.names.contains("listKeys"))
            for name in wiring.functions.names {
                #expect(
                    try wiring.functions.scope(of: name, nothing) == Self.expected(name), "\(name)")
            }
            let preview = try JSONDocument.parse(Array(#"{"preview":true}"#.utf8))
            let scope = try wiring.functions.scope(of: "generateInvoice", preview)
            #expect(scope == .read)
        }
    }
}
