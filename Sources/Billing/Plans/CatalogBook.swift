/// Every version of every meter and plan that was ever applied: the newest, and what is pinned.
///
/// A value: applying a catalog gives a new book and what changed.
package struct CatalogBook: Sendable {
    private var meters: [String: [MeterVersion]] = [:]
    private var plans: [String: [PlanVersion]] = [:]
    /// The newest meters by the events that they match.
    private var metersByEvent: [Identifier: [Meter]] = [:]

    package init() {}

    /// The newest version of every meter that matches events of this name.
    package func meters(for eventName: Identifier) -> [Meter] { metersByEvent[eventName] ?? [] }

    package func plan(_ key: String, version: Int? = nil) -> PlanVersion? {
        guard let versions = plans[key] else { return nil }
        guard let version else { return versions.last }
        return versions.indices.contains(version - 1) ? versions[version - 1] : nil
    }

    package func meter(_ key: String) -> MeterVersion? { meters[key]?.last }

    package var newestMeters: [MeterVersion] {
        meters.values.compactMap(\.last).sorted { $0.meter.key < $1.meter.key }
    }

    package var newestPlans: [PlanVersion] {
        plans.values.compactMap(\.last).sorted { $0.plan.key < $1.plan.key }
    }

    /// Applies `catalog`: what is not named stays, what is equal stays, a changed item becomes a
    /// new version, and a changed meter makes a new version of every plan that uses it.
    ///
    /// - Throws: `UnknownMeter` where a charge names a meter that neither the catalog nor the book
    ///   has, or one that its price cannot read; the book is then unchanged.
    package mutating func apply(_ catalog: Catalog) throws(CatalogFault) -> [CatalogChange] {
        var next = self
        var changes: [CatalogChange] = []
        var changedMeters: Set<String> = []
        for meter in catalog.meters {
            let change = next.apply(meter)
            if change.change == .updated { changedMeters.insert(meter.key) }
            changes.append(change)
        }
        for plan in catalog.plans { changes.append(try next.apply(plan, changedMeters)) }
        let named = Set(catalog.plans.map(\.key))
        for version in next.newestPlans where !named.contains(version.plan.key) {
            guard
                version.plan.usageCharges.contains(where: { changedMeters.contains($0.usage.meter) }
                )
            else { continue }
            changes.append(try next.apply(version.plan, changedMeters))
        }
        next.metersByEvent = Dictionary(
            grouping: next.newestMeters.map(\.meter), by: \.eventName)
        self = next
        return changes
    }

    private mutating func apply(_ meter: Meter) -> CatalogChange {
        let known = meters[meter.key]?.last
        if let known, known.meter == meter {
            return CatalogChange(
                kind: .meter, key: meter.key, change: .unchanged, version: known.version)
        }
        let version = (known?.version ?? 0) + 1
        meters[meter.key, default: []].append(MeterVersion(meter: meter, version: version))
        return CatalogChange(
            kind: .meter, key: meter.key, change: known == nil ? .created : .updated,
            version: version)
    }

    private mutating func apply(
        _ plan: Plan, _ changedMeters: Set<String>
    ) throws(CatalogFault) -> CatalogChange {
        var pinned: [MeterVersion] = []
        for (charge, usage) in plan.usageCharges {
            guard let meter = meter(usage.meter) else {
                throw CatalogFault(
                    plan: plan.key, charge: charge.key, reason: .unknownMeter(usage.meter))
            }
            if usage.price.model.kind.requiresSum, meter.meter.aggregation != .sum {
                throw CatalogFault(
                    plan: plan.key, charge: charge.key, reason: .needsSum(usage.meter))
            }
            pinned.append(meter)
        }
        let known = plans[plan.key]?.last
        if let known, known.plan == plan, known.meters == pinned {
            return CatalogChange(
                kind: .plan, key: plan.key, change: .unchanged, version: known.version)
        }
        let version = (known?.version ?? 0) + 1
        plans[plan.key, default: []].append(
            PlanVersion(plan: plan, version: version, meters: pinned))
        return CatalogChange(
            kind: .plan, key: plan.key, change: known == nil ? .created : .updated,
            version: version)
    }
}

/// Why a catalog cannot be applied to a book.
package struct CatalogFault: Error, Equatable, CustomStringConvertible {
    package enum Reason: Sendable, Equatable {
        case unknownMeter(String)
        case needsSum(String)
    }

    package let plan: String
    package let charge: String
    package let reason: Reason

    package var description: String {
        switch reason {
        case .unknownMeter(let meter):
            "charge \"\(charge)\" of plan \"\(plan)\" names the meter \"\(meter)\", which does not "
                + "exist; add it to the catalog"
        case .needsSum(let meter):
            "charge \"\(charge)\" of plan \"\(plan)\" prices transactions, so its meter "
                + "\"\(meter)\" must have the aggregation sum"
        }
    }
}
