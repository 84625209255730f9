internal import Billing
package import FunctionKit
package import JSON
package import Ledger

/// Declares meters and plans: a changed one becomes a new version, what is not named stays.
package struct ApplyCatalog: Function {
    package static let name = "applyCatalog"

    private let ledger: any CatalogLedger

    package init(ledger: any CatalogLedger) { self.ledger = ledger }

    package struct Input: FunctionInput {
        let catalog: Catalog
        let isDryRun: Bool

        package init?(_ value: FieldValue) {
            guard var reader = value.object() else { return nil }
            catalog = Catalog(&reader)
            isDryRun = reader.optional("dryRun")?.bool() ?? false
            reader.refuseUnknown()
        }
    }

    package struct Output: JSONWritable {
        let changes: [CatalogChange]

        package func write(to writer: inout JSONWriter) {
            writer.object { $0.member("changes", each: changes) }
        }
    }

    package func handle(_ input: Input, _ context: FunctionContext) async throws -> Output {
        Output(
            changes: try await ledger.apply(
                input.catalog, dryRun: input.isDryRun, at: context.now))
    }
}
