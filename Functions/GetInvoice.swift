package import FunctionKit
package import JSON
package import Ledger

/// Gives an invoice as it was written.
package struct GetInvoice: Function {
    package static let name = "getInvoice"
    package static let scope = AccessScope.read

    private let ledger: any InvoiceLedger

    package init(ledger: any InvoiceLedger) { self.ledger = ledger }

    package struct Input: FunctionInput {
        let id: String

        package init?(_ value: FieldValue) {
            guard var reader = value.object() else { return nil }
            let id = reader.required("id")?.text(limit: Limits.textBytes)
            reader.refuseUnknown()
            guard let id else { return nil }
            self.id = id
        }
    }

    /// The request for one invoice.
    package static func request(_ id: some StringProtocol) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { $0.member("id", id) }
        return writer.bytes
    }

    package func handle(_ input: Input, _ context: FunctionContext) async throws -> StoredJSON {
        guard let stored = try await ledger.invoice(input.id) else {
            throw Problem(.notFound, "there is no invoice \"\(input.id)\"")
        }
        return StoredJSON(bytes: stored)
    }
}
