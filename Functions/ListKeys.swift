package import FunctionKit
package import JSON
package import Ledger

/// Lists API keys, oldest first, revoked ones too; their texts are never among it.
package struct ListKeys: Function {
    package static let name = "listKeys"

    private let ledger: any KeyLedger

    package init(ledger: any KeyLedger) { self.ledger = ledger }

    package struct Input: FunctionInput {
        let query: KeyQuery

        package init?(_ value: FieldValue) {
            guard var reader = value.object() else { return nil }
            let page = PageRequest(&reader)
            reader.refuseUnknown()
            query = KeyQuery(cursor: page.cursor, limit: page.limit)
        }
    }

    /// The request for the page after `cursor`.
    package static func request(cursor: String?) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            if let cursor { writer.member("cursor", cursor) }
            writer.member("limit", Limits.pageItems.upperBound)
        }
        return writer.bytes
    }

    package func handle(
        _ input: Input, _ context: FunctionContext
    ) async throws -> Listing<KeyAnswer> {
        let page = try await ledger.keys(input.query)
        return Listing(
            Page(items: page.items.map { KeyAnswer(key: $0) }, nextCursor: page.nextCursor)
        ) { $1.value($0) }
    }
}
