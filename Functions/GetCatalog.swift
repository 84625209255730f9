internal import Billing
package import FunctionKit
package import JSON
package import Ledger

/// Gives the newest version of every meter and plan, by key.
package struct GetCatalog: Function {
    package static let name = "getCatalog"
    package static let scope = AccessScope.read

    private let ledger: any CatalogLedger

    package init(ledger: any CatalogLedger) { self.ledger = ledger }

    package struct Output: JSONWritable {
        let catalog: CatalogBook

        package func write(to writer: inout JSONWriter) {
            writer.object { writer in
                writer.member("meters", each: catalog.newestMeters)
                writer.member("plans", each: catalog.newestPlans)
            }
        }
    }

    package func handle(_ input: NoInput, _ context: FunctionContext) async throws -> Output {
        Output(catalog: ledger.catalog)
    }
}

extension MeterVersion: JSONWritable {
    /// The meter as it is applied, and its version.
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            meter.writeMembers(to: &writer)
            writer.member("version", version)
        }
    }
}

extension PlanVersion: JSONWritable {
    /// The plan as it is applied, and its version.
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            plan.writeMembers(to: &writer)
            writer.member("version", version)
        }
    }
}
