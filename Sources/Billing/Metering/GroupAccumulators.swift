/// The groups of one charge: the first 1,000 in log order; all later ones count together.
package struct GroupAccumulators: Sendable, Equatable {
    /// In the order in which they came; `key` is the canonical JSON of the group's properties, nil
    /// for all the groups after the first 1,000.
    package private(set) var entries: [(key: [UInt8]?, aggregate: Aggregate)] = []
    private var positions: [[UInt8]?: Int] = [:]

    package init() {}

    /// Takes up what was stored.
    package init(entries: [(key: [UInt8]?, aggregate: Aggregate)]) {
        self.entries = entries
        for (position, entry) in entries.enumerated() { positions[entry.key] = position }
    }

    /// The key under which an event of the group `key` counts.
    package func countedKey(_ key: [UInt8]) -> [UInt8]? {
        positions[key] != nil || entries.count < BillingLimits.groups ? key : nil
    }

    func aggregate(_ key: [UInt8]?) -> Aggregate {
        positions[key].map { entries[$0].aggregate } ?? Aggregate()
    }

    /// Folds a record into its group.
    ///
    /// - Returns: whether the group is new.
    mutating func fold(
        _ record: FoldRecord, _ group: GroupMembership
    ) throws(ArithmeticError) -> Bool {
        let known = positions[group.key]
        let position = known ?? entries.count
        if known == nil {
            positions[group.key] = position
            entries.append((group.key, Aggregate()))
        }
        try entries[position].aggregate.fold(record, isNewValue: group.isNewValue)
        return known == nil
    }

    package static func == (a: Self, b: Self) -> Bool {
        a.entries.elementsEqual(b.entries) { $0.key == $1.key && $0.aggregate == $1.aggregate }
    }
}
