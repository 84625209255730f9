internal import Billing

/// Every version of every plan with the meters that it was made with, by the rules of the contract.
struct CatalogHistory {
    /// A version of a plan.
    struct Version {
        let plan: Plan
        /// One for each usage charge, in the plan's order.
        let meters: [Meter]
        /// The record that brought it.
        let sequence: Int64
    }

    private var meters: [String: Meter] = [:]
    private var plans: [String: [Version]] = [:]

    /// The newest version of a plan in the records before one.
    func newest(_ key: String, before sequence: Int64) -> Int? {
        plans[key]?.count { $0.sequence < sequence }
    }

    func version(_ reference: PlanReference) throws -> Version {
        guard let versions = plans[reference.key],
            versions.indices.contains(reference.version - 1)
        else { throw Difference("there is no plan \(reference.key), version \(reference.version)") }
        return versions[reference.version - 1]
    }

    /// What is named replaces what was; a plan whose terms or meters are others has a new version.
    mutating func apply(_ catalog: Catalog, _ sequence: Int64) throws {
        for meter in catalog.meters { meters[meter.key] = meter }
        for plan in catalog.plans { try add(plan, sequence) }
        for versions in plans.values {
            if let newest = versions.last { try add(newest.plan, sequence) }
        }
    }

    private mutating func add(_ plan: Plan, _ sequence: Int64) throws {
        var pinned: [Meter] = []
        for charge in plan.charges {
            guard case .usage(let usage) = charge.kind else { continue }
            guard let meter = meters[usage.meter] else {
                throw Difference(
                    "plan \(plan.key) names the meter \(usage.meter), which is not there",
                    sequence: sequence)
            }
            pinned.append(meter)
        }
        let last = plans[plan.key]?.last
        if let last, last.plan == plan, last.meters == pinned { return }
        plans[plan.key, default: []].append(Version(plan: plan, meters: pinned, sequence: sequence))
    }
}
