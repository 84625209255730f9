internal import Billing
internal import SQLite

extension WriterState {
    /// Counts a value of `unique` in its charge's total.
    ///
    /// - Returns: whether it is new there.
    mutating func count(
        _ value: KeyHash, _ charge: CompiledCharge, _ space: Int64
    ) throws(SQLiteError) -> Bool {
        try indexes.unique.insertIfAbsent(
            UniqueKey(space: space, value: value.combined(charge.key)), on: database)
    }

    /// Counts a value of `unique` in its group; all groups after the first 1,000 are one.
    mutating func count(
        _ value: KeyHash, _ group: PreparedGroup, _ charge: CompiledCharge, _ space: Int64,
        _ groups: GroupAccumulators
    ) throws(SQLiteError) -> GroupMembership {
        let counted = groups.countedKey(group.key)
        let name = counted == nil ? KeyHash.otherGroups : group.hash
        let isNew = try indexes.unique.insertIfAbsent(
            UniqueKey(space: space, value: value.combined(charge.key).combined(name)),
            on: database)
        return GroupMembership(key: counted, isNewValue: isNew)
    }

    private mutating func note(
        _ text: CompiledPlan.Text, _ plan: CompiledPlan, _ space: Int64,
        _ groups: GroupAccumulators
    ) throws(SQLiteError) {
        let charge = plan.charges[text.charge]
        _ = try count(text.value, charge, space)
        guard let group = text.group else { return }
        _ = try count(text.value, group, charge, space, groups)
    }

    /// Makes the values of an event known that a saved row has counted.
    mutating func noteValues(
        _ batch: PreparedBatch, _ index: Int, _ placement: Placement
    ) throws {
        let plan = plan(of: placement.period)
        let texts = plan.texts(batch, index, isLate: placement.isLate)
        guard !texts.isEmpty else { return }
        try loadAccumulators(of: placement.period)
        for text in texts {
            let groups = residents.periods[placement.period].accumulators[text.charge].groups
            try note(text, plan, placement.valueSpace, groups)
        }
    }

    /// Makes the values of an event known that a closed period has counted.
    mutating func noteValues(
        _ batch: PreparedBatch, _ index: Int, of origin: PeriodRow, in period: PeriodRow,
        _ subscription: Int32
    ) throws {
        let plan = try plan(period.plan)
        let texts = plan.texts(batch, index, isLate: origin.number != period.number)
        guard !texts.isEmpty else { return }
        let space = origin.valueSpace(residents.subscriptions[subscription].row.generation)
        let row =
            try database.accumulators(of: period.number) ?? AccumulatorRow(plan: plan.version)
        for text in texts {
            try note(text, plan, space, row.accumulators[text.charge].groups)
        }
    }
}

extension CompiledPlan {
    /// A value of `unique` that a charge counts.
    struct Text {
        let charge: Int
        let value: KeyHash
        let group: PreparedGroup?
    }

    func texts(_ batch: PreparedBatch, _ index: Int, isLate: Bool) -> [Text] {
        let event = batch.prepared[index]
        var texts: [Text] = []
        for target in targets(event.name) {
            let reading = batch.readings[Int(event.firstReading + target.reading)]
            guard case .text(let value) = reading.value,
                !isLate || charges[Int(target.charge)].takesOtherPeriods
            else { continue }
            texts.append(
                Text(
                    charge: Int(target.charge), value: value,
                    group: reading.group >= 0 ? batch.groups[Int(reading.group)] : nil))
        }
        return texts
    }
}

extension KeyHash {
    /// Stands for all groups after the first 1,000.
    static let otherGroups = KeyHash(
        high: 0x2545_F491_4F6C_DD1D, low: 0x1B87_3593_CC9E_2D51)

    /// A key of both, in this order: hashes already, so that mixing them is enough.
    func combined(_ other: KeyHash) -> KeyHash {
        KeyHash(
            high: (high &* 0x9E37_79B9_7F4A_7C15) ^ other.high,
            low: (low &* 0xC2B2_AE3D_27D4_EB4F) ^ other.low)
    }
}
