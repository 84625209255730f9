package import JSON

/// Meters and plans as a caller declares them.
package struct Catalog: Sendable {
    package let meters: [Meter]
    package let plans: [Plan]

    package init(meters: [Meter], plans: [Plan]) {
        self.meters = meters
        self.plans = plans
    }

    /// Reads the members `meters` and `plans`; both may be absent.
    package init(_ reader: inout FieldReader) {
        let metersField = reader.optional("meters")
        let plansField = reader.optional("plans")
        let meters = metersField?.array(limit: BillingLimits.catalogItems, Meter.init) ?? []
        let plans = plansField?.array(limit: BillingLimits.catalogItems, Plan.init) ?? []
        if let twice = meters.map(\.key).firstDuplicate {
            metersField?.note("has two meters with the key \"\(twice)\"")
        }
        if let twice = plans.map(\.key).firstDuplicate {
            plansField?.note("has two plans with the key \"\(twice)\"")
        }
        self.meters = meters
        self.plans = plans
    }
}

/// A meter as it stood when it was the newest of its key.
package struct MeterVersion: Sendable, Equatable {
    package let meter: Meter
    /// Counts from 1.
    package let version: Int

    package init(meter: Meter, version: Int) {
        self.meter = meter
        self.version = version
    }
}

/// A plan as it stood when it was the newest of its key, its meters fixed with it.
package struct PlanVersion: Sendable, Equatable {
    package let plan: Plan
    /// Counts from 1.
    package let version: Int
    /// The meter of each usage charge, in the plan's order.
    package let meters: [MeterVersion]

    package init(plan: Plan, version: Int, meters: [MeterVersion]) {
        self.plan = plan
        self.version = version
        self.meters = meters
    }

    package var reference: PlanReference { PlanReference(key: plan.key, version: version) }
}

/// Names a plan version.
package struct PlanReference: Sendable, Hashable, JSONWritable {
    package let key: String
    package let version: Int

    package init(key: String, version: Int) {
        self.key = key
        self.version = version
    }

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("key", key)
            writer.member("version", version)
        }
    }
}

/// What applying a catalog did, or would do, to one of its items.
package struct CatalogChange: Sendable, Equatable, JSONWritable {
    package enum Kind: String, Sendable { case meter, plan }
    package enum Change: String, Sendable { case created, updated, unchanged }

    package let kind: Kind
    package let key: String
    package let change: Change
    package let version: Int

    package init(kind: Kind, key: String, change: Change, version: Int) {
        self.kind = kind
        self.key = key
        self.change = change
        self.version = version
    }

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("kind", kind.rawValue)
            writer.member("key", key)
            writer.member("change", change.rawValue)
            writer.member("version", version)
        }
    }
}
