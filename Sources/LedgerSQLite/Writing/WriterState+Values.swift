internal import Billing
internal import SQLite

extension WriterState {
    /// Counts a value of `unique` in its charge's total.
    ///
    /// - Returns: whether it is new there.
    mutating func count(
        _ value: KeyHash, _ charge: CompiledCharge, _ space: Int64
    ) throws(SQLiteError) -> Bool {
        try insert(value.combined(charge.key), space)
    }

    /// Counts a value of `unique` in its group.
    ///
    /// All groups of a period after its first 1,000 are one. There a value is new that none of them
    /// has had in this period, nor the event's own group in another: which groups are the rest is
    /// each period's own affair.
    mutating func count(
        _ value: KeyHash, _ group: PreparedGroup, _ charge: CompiledCharge, _ space: Int64,
        _ groups: GroupAccumulators, of period: Int64
    ) throws(SQLiteError) -> GroupMembership {
        let value = value.combined(charge.key)
        let counted = groups.countedKey(group.key)
        var isNew = try insert(value.combined(group.hash), space)
        if counted == nil {
            let isNewInRest = try insert(value.combined(.otherGroups(of: period)), space)
            isNew = isNew && isNewInRest
        }
        return GroupMembership(key: counted, isNewValue: isNew)
    }

    private mutating func insert(
        _ value: KeyHash, _ space: Int64
    ) throws(SQLiteError) -> Bool {
        try indexes.unique.insertIfAbsent(UniqueKey(space: space, value: value), on: database)
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
            let (charge, space) = (plan.charges[text.charge], placement.valueSpace)
            _ = try count(text.value, charge, space)
            guard let group = text.group else { continue }
            let period = residents.periods[placement.period]
            _ = try count(
                text.value, group, charge, space, period.accumulators[text.charge].groups,
                of: period.row.number)
        }
    }

    /// Makes the values of an event known that a closed period has counted.
    mutating func noteValues(
        _ batch: PreparedBatch, _ index: Int, of origin: PeriodRow, in period: PeriodRow,
        _ subscription: Int32
    ) throws {
        let plan = try plan(period.plan)
        let texts = plan.texts(batch, index, isLate: origin.number != period.number)
        let space = origin.valueSpace(residents.subscriptions[subscription].row.generation)
        for text in texts {
            let value = text.value.combined(plan.charges[text.charge].key)
            _ = try insert(value, space)
            // Which of its groups are the rest is of no account to other periods.
            if let group = text.group { _ = try insert(value.combined(group.hash), space) }
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
    /// Stands for all groups after the first 1,000 of a period or a window.
    static func otherGroups(of number: Int64) -> KeyHash {
        KeyHash(
            high: 0x2545_F491_4F6C_DD1D ^ UInt64(bitPattern: number), low: 0x1B87_3593_CC9E_2D51)
    }

    /// A key of both, in this order: hashes already, so that mixing them is enough.
    func combined(_ other: KeyHash) -> KeyHash {
        KeyHash(
            high: (high &* 0x9E37_79B9_7F4A_7C15) ^ other.high,
            low: (low &* 0xC2B2_AE3D_27D4_EB4F) ^ other.low)
    }
}
