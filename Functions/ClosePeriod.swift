internal import Billing
package import FunctionKit
package import JSON
package import Ledger

/// Closes every billing period that is due.
///
/// Calling it again is harmless. Beside events that are coming in a call may close fewer than its
/// `limit`; `more` says whether something that is due is left.
package struct ClosePeriod: Function {
    package static let name = "closePeriod"

    private let ledger: any ClosingLedger

    package init(ledger: any ClosingLedger) { self.ledger = ledger }

    package struct Input: FunctionInput {
        let asOf: Instant?
        let subscriptionId: Identifier?
        let limit: Int

        package init?(_ value: FieldValue) {
            guard var reader = value.object() else { return nil }
            asOf = reader.optional("asOf")?.instant()
            subscriptionId = reader.optional("subscriptionId")?.identifier()
            limit =
                reader.optional("limit")?.integer(in: Limits.closesPerCall)
                ?? Limits.defaultClosesPerCall
            reader.refuseUnknown()
        }
    }

    package func handle(_ input: Input, _ context: FunctionContext) async throws -> ClosePass {
        let asOf = input.asOf ?? context.now
        guard asOf <= context.now else {
            let issue = FieldIssue(
                pointer: "/asOf", detail: "must not be after the clock, which says \(context.now)",
                severity: .meaningless)
            throw InvalidFields([issue])
        }
        return try await ledger.closeDue(
            CloseRequest(asOf: asOf, subscriptionId: input.subscriptionId, limit: input.limit),
            at: context.now)
    }
}

extension ClosePass: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("closed", each: closed)
            writer.member("more", hasMore)
        }
    }
}
