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
            value.refuseNotBilledYet()
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

extension FieldValue {
    /// Refuses what a plan can say and no function bills yet: nothing is accepted and then left off
    /// the invoices.
    ///
    /// It reads the request's own members, so that these faults are told with all others.
    fileprivate func refuseNotBilledYet() {
        for plan in elements("plans") {
            if let policy = plan.member("lateEvents"),
                policy.node.string == LateEventPolicy.currentPeriod.rawValue
            {
                policy.note("corrections are not built yet; use nextPeriod or ignore")
            }
            for charge in plan.elements("charges") {
                if let timing = charge.member("timing"),
                    timing.node.string == FlatCharge.Timing.advance.rawValue
                {
                    timing.note("advance invoices are not built yet; use arrears")
                }
            }
        }
    }

    private func member(_ key: StaticString) -> FieldValue? {
        node.member(key.description).map {
            FieldValue($0, path: .member(path, key), issues: issues)
        }
    }

    private func elements(_ key: StaticString) -> [FieldValue] {
        guard let member = member(key), member.node.kind == .array else { return [] }
        return member.array() ?? []
    }
}
