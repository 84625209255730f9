package import Billing
package import FunctionKit
internal import JSON
package import Ledger

/// Revokes an API key: once this has answered, no call is let through with it.
package struct RevokeKey: Function {
    package static let name = "revokeKey"

    private let ledger: any KeyLedger
    private let realTime: @Sendable () -> Instant

    package init(ledger: any KeyLedger, realTime: @escaping @Sendable () -> Instant) {
        self.ledger = ledger
        self.realTime = realTime
    }

    /// The request that `tallystick keys revoke` makes.
    package static func request(_ id: String) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { $0.member("id", id) }
        return writer.bytes
    }

    package func handle(
        _ input: IdentifierInput, _ context: FunctionContext
    ) async throws -> KeyAnswer {
        KeyAnswer(key: try await ledger.revokeKey(input.id, at: realTime()))
    }
}
