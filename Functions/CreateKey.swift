package import Billing
package import FunctionKit
package import JSON
package import Ledger

/// Creates an API key; its text is in the answer, once.
package struct CreateKey: Function {
    package static let name = "createKey"

    private let ledger: any KeyLedger
    private let realTime: @Sendable () -> Instant

    package init(ledger: any KeyLedger, realTime: @escaping @Sendable () -> Instant) {
        self.ledger = ledger
        self.realTime = realTime
    }

    package struct Input: FunctionInput {
        let name: String
        let scopes: [AccessScope]
        let requestsPerSecond: Int?

        package init?(_ value: FieldValue) {
            guard var reader = value.object() else { return nil }
            let name = reader.required("name")?.text(limit: Limits.textBytes)
            let field = reader.required("scopes")
            let scopes: [AccessScope]? = field?.array(limit: AccessScope.allCases.count) {
                $0.choice()
            }
            requestsPerSecond =
                reader.optional("requestsPerSecond")?.integer(in: Limits.requestsPerSecond)
            reader.refuseUnknown()
            guard let name, let field, let scopes else { return nil }
            guard !scopes.isEmpty, Set(scopes).count == scopes.count else {
                field.note("must name at least one scope, each once")
                return nil
            }
            self.name = name
            self.scopes = scopes
        }
    }

    /// The request that `tallystick keys create` makes of its flags.
    package static func request(
        name: String, scopes: [String], requestsPerSecond: Int?
    ) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("name", name)
            writer.key("scopes")
            writer.array { writer in
                for scope in scopes { writer.string(scope) }
            }
            if let requestsPerSecond { writer.member("requestsPerSecond", requestsPerSecond) }
        }
        return writer.bytes
    }

    package func handle(_ input: Input, _ context: FunctionContext) async throws -> KeyAnswer {
        let text = KeyText.draw()
        let key = APIKey(
            id: text.id, name: input.name, scopes: input.scopes.map(\.rawValue),
            requestsPerSecond: input.requestsPerSecond, digest: text.digest, createdAt: realTime())
        try await ledger.add(key)
        return KeyAnswer(key: key, text: text)
    }
}
