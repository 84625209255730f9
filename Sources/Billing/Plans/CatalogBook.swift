/// Every version of every meter and plan that was ever applied: the newest, and what is pinned.
///
/// A value: applying a catalog gives a new book and what changed.
package struct CatalogBook: Sendable {
    private var meters: [String: [MeterVersion]] = [:]
    private var plans: [String: [PlanVersion]] = [:]

    package init() {}

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

    /// Every version of every plan.
    package var everyPlan: [PlanVersion] { plans.values.flatMap(\.self) }

    /// Applies `catalog`: what is not named stays, what is equal stays, a changed item becomes a
    /// new version, and a changed meter makes a new version of every plan that uses it.
    ///
    /// - Throws: `CatalogFaults`, all of them, where a charge names a meter that neither the
    ///   catalog nor the book has, or one that its price cannot read; the book is then unchanged.
    package mutating func apply(_ catalog: Catalog) throws(CatalogFaults) -> [CatalogChange] {
        var next = self
        var changes: [CatalogChange] = []
        var faults: [CatalogFault] = []
        var changedMeters: [String: Int] = [:]
        for (index, meter) in catalog.meters.enumerated() {
            let change = next.apply(meter)
            if change.change == .updated { changedMeters[meter.key] = index }
            changes.append(change)
        }
        for (index, plan) in catalog.plans.enumerated() {
            let change = next.apply(plan, &faults) { charge, _ in
                "/plans/\(index)/charges/\(charge)/meter"
            }
            if let change { changes.append(change) }
        }
        let named = Set(catalog.plans.map(\.key))
        for version in next.newestPlans where !named.contains(version.plan.key) {
            let usages = version.plan.usageCharges.map(\.usage)
            guard usages.contains(where: { changedMeters[$0.meter] != nil }) else { continue }
            // The caller did not write this plan: the meter that it changed is to blame.
            let change = next.apply(version.plan, &faults) { _, meter in
                changedMeters[meter].map { "/meters/\($0)/aggregation" } ?? "/meters"
            }
            if let change { changes.append(change) }
        }
        guard faults.isEmpty else { throw CatalogFaults(faults) }
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

    /// - Parameter pointer: where a fault of a charge stands in the request, from the charge's
    ///   place in the plan and its meter's key.
    /// - Returns: nil where faults were added.
    private mutating func apply(
        _ plan: Plan, _ faults: inout [CatalogFault], pointer: (Int, String) -> String
    ) -> CatalogChange? {
        var pinned: [MeterVersion] = []
        let before = faults.count
        for (index, charge) in plan.charges.enumerated() {
            guard case .usage(let usage) = charge.kind else { continue }
            var reason: CatalogFault.Reason?
            if let meter = meter(usage.meter) {
                let needsSum = usage.price.model.kind.requiresSum
                if needsSum, meter.meter.aggregation != .sum { reason = .needsSum(usage.meter) }
                pinned.append(meter)
            } else {
                reason = .unknownMeter(usage.meter)
            }
            guard let reason else { continue }
            faults.append(
                CatalogFault(
                    plan: plan.key, charge: charge.key, reason: reason,
                    pointer: pointer(index, usage.meter)))
        }
        guard faults.count == before else { return nil }
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
