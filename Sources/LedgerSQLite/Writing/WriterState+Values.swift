internal import Billing
internal import SQLite

extension WriterState {
    /// Counts a value of `unique`: whether it is new in its charge's total and in its group.
    mutating func count(
        _ value: KeyHash, _ group: PreparedGroup?, _ charge: CompiledCharge, _ space: Int64,
        _ groups: GroupAccumulators
    ) throws(SQLiteError) -> (isNew: Bool, group: GroupMembership?) {
        let value = value.combined(charge.key)
        let isNew = try indexes.unique.insertIfAbsent(
            UniqueKey(space: space, value: value), on: database)
        guard let group else { return (isNew, nil) }
        let counted = groups.countedKey(group.key)
        // All groups after the first 1,000 are one.
        let name = counted == nil ? KeyHash.otherGroups : group.hash
        let isNewInGroup = try indexes.unique.insertIfAbsent(
            UniqueKey(space: space, value: value.combined(name)), on: database)
        return (isNew, GroupMembership(key: counted, isNewValue: isNewInGroup))
    }

    /// Makes the values of an event known that a saved row has counted.
    mutating func noteValues(
        _ batch: PreparedBatch, _ index: Int, _ placement: Placement
    ) throws {
        let plan = plan(of: placement.period)
        let readings = plan.texts(batch, index, isLate: placement.isLate)
        guard !readings.isEmpty else { return }
        try loadAccumulators(of: placement.period)
        for reading in readings {
            let groups = residents.periods[placement.period].accumulators[reading.charge].groups
            _ = try count(
                reading.value, reading.group, plan.charges[reading.charge], placement.valueSpace,
                groups)
        }
    }

    /// Makes the values of an event known that a closed period has counted.
    mutating func noteValues(
        _ batch: PreparedBatch, _ index: Int, of origin: PeriodRow, in period: PeriodRow,
        _ subscription: Int32
    ) throws {
        let plan = try plan(period.plan)
        let readings = plan.texts(
            batch, index, isLate: origin.number != period.number)
        guard !readings.isEmpty else { return }
        let space = origin.valueSpace(residents.subscriptions[subscription].row.generation)
        let row =
            try database.accumulators(of: period.number) ?? AccumulatorRow(plan: plan.version)
        for reading in readings {
            _ = try count(
                reading.value, reading.group, plan.charges[reading.charge], space,
                row.accumulators[reading.charge].groups)
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
    fileprivate static let otherGroups = KeyHash(
        high: 0x2545_F491_4F6C_DD1D, low: 0x1B87_3593_CC9E_2D51)

    /// A key of both, in this order: hashes already, so that mixing them is enough.
    fileprivate func combined(_ other: KeyHash) -> KeyHash {
        KeyHash(
            high: (high &* 0x9E37_79B9_7F4A_7C15) ^ other.high,
            low: (low &* 0xC2B2_AE3D_27D4_EB4F) ^ other.low)
    }
}
