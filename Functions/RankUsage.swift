internal import Billing
package import FunctionKit
package import JSON
package import Ledger

/// Lists the subscriptions that used most of a meter in their period, those that used most first.
package struct RankUsage: Function {
    package static let name = "rankUsage"
    package static let scope = AccessScope.read

    private let ledger: any EventLedger

    package init(ledger: any EventLedger) { self.ledger = ledger }

    package struct Input: FunctionInput {
        let meter: String
        let at: Instant?
        let page: PageRequest

        package init?(_ value: FieldValue) {
            guard var reader = value.object() else { return nil }
            let meter = reader.required("meter")?.key()
            at = reader.optional("at")?.instant()
            page = PageRequest(&reader)
            reader.refuseUnknown()
            guard let meter else { return nil }
            self.meter = meter
        }
    }

    package func handle(
        _ input: Input, _ context: FunctionContext
    ) async throws -> Listing<RankedUsage> {
        let query = RankQuery(
            meter: input.meter, at: input.at ?? context.now, cursor: input.page.cursor,
            limit: input.page.limit)
        return Listing(try await ledger.rank(query)) { ranked, writer in
            writer.object { writer in
                writer.member("customerId", ranked.customerId)
                writer.member("subscriptionId", ranked.subscriptionId)
                writer.member("period", ranked.period)
                writer.member("quantity", ranked.quantity)
                writer.member("eventCount", ranked.eventCount)
            }
        }
    }
}
