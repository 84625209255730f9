package import Audit
package import FunctionKit
package import JSON

/// Recomputes every line of an invoice from the raw events, by a second code path.
package struct VerifyInvoice: Function {
    package static let name = "verifyInvoice"
    package static let scope = AccessScope.read

    package static func isLong(_ request: JSONNode) -> Bool { true }

    /// Recomputes the invoice under an id; nil where there is none.
    package typealias Verify = @Sendable (_ id: String) async throws -> InvoiceVerification?

    private let verify: Verify

    package init(verify: @escaping Verify) { self.verify = verify }

    package struct Input: FunctionInput {
        let invoiceId: String

        package init?(_ value: FieldValue) {
            guard var reader = value.object() else { return nil }
            let invoiceId = reader.required("invoiceId")?.text(limit: Limits.textBytes)
            reader.refuseUnknown()
            guard let invoiceId else { return nil }
            self.invoiceId = invoiceId
        }
    }

    package func handle(
        _ input: Input, _ context: FunctionContext
    ) async throws -> InvoiceVerification {
        guard let verification = try await verify(input.invoiceId) else {
            throw Problem(.notFound, "there is no invoice \"\(input.invoiceId)\"")
        }
        return verification
    }
}

extension UnreadableLedger: ProblemConvertible {
    package var problem: Problem { Problem(.internalError, description) }
}
