internal import Billing
internal import JSON
internal import SQLite

extension WriterState {
    /// Finds what stands against an event in the charges that would take it, before any does: an
    /// event that one charge cannot take changes none.
    mutating func check(
        _ batch: PreparedBatch, _ index: Int, _ remarks: inout EventRemarks
    ) throws {
        do {
            for place in scratch.placements.indices {
                try check(batch, index, scratch.placements[place], &remarks)
            }
        } catch let overflow as ArithmeticError {
            remarks.hasOverflow = true
            remarks.add(
                FieldIssue(
                    pointer: "/properties", detail: "makes the period's sum overflow: \(overflow)",
                    severity: .meaningless))
        }
    }

    private mutating func check(
        _ batch: PreparedBatch, _ index: Int, _ placement: Placement,
        _ remarks: inout EventRemarks
    ) throws {
        let plan = plan(of: placement.period)
        if !placement.waits { try loadAccumulators(of: placement.period) }
        let event = batch.prepared[index]
        for target in plan.targets(event.name) {
            let reading = batch.readings[Int(event.firstReading + target.reading)]
            switch reading.value {
            case .nothing: continue
            case .unreadable:
                guard !placement.isLate else { continue }
                let meter = plan.version.meters[Int(target.charge)].meter
                if let issue = batch.issue(index, meter) { remarks.add(issue) }
                continue
            case .occurrence, .decimal, .text: break
            }
            let charge = plan.charges[Int(target.charge)]
            if placement.isLate, !charge.takesOtherPeriods { continue }
            remarks.isUnbilled = false
            guard case .decimal(let value) = reading.value, !placement.waits else { continue }
            try check(value, batch, reading, charge, Int(target.charge), placement)
        }
    }

    /// - Throws: `ArithmeticError` where a value is too much for a charge.
    private func check(
        _ value: ExactDecimal, _ batch: PreparedBatch, _ reading: PreparedReading,
        _ charge: CompiledCharge, _ place: Int, _ placement: Placement
    ) throws {
        if reading.group < 0, charge.percentage == nil {
            // Most charges: the sum is looked at where it lies.
            _ = try residents.periods[placement.period].accumulators[place].aggregate.sum + value
            return
        }
        let accumulator = residents.periods[placement.period].accumulators[place]
        let group = reading.group < 0 ? nil : batch.groups[Int(reading.group)]
        let counted = group.map { accumulator.groups.countedKey($0.key) }
        try accumulator.check(value, group: counted, percentage: charge.percentage)
    }

    /// Folds an event that was checked into every charge that takes it.
    mutating func fold(_ batch: PreparedBatch, _ index: Int, _ sequence: Int64) throws {
        for place in scratch.placements.indices where !scratch.placements[place].waits {
            let placement = scratch.placements[place]
            let plan = plan(of: placement.period)
            let event = batch.prepared[index]
            for target in plan.targets(event.name) {
                let reading = batch.readings[Int(event.firstReading + target.reading)]
                guard let value = reading.value.folded else { continue }
                let charge = plan.charges[Int(target.charge)]
                if placement.isLate, !charge.takesOtherPeriods { continue }
                let (isNewValue, group) = try membership(
                    batch, reading, charge, Int(target.charge), placement)
                try residents.fold(
                    FoldRecord(
                        sequence: sequence, timestamp: event.timestamp, hash: event.hash,
                        value: value, isLate: placement.isLate, isNewValue: isNewValue,
                        group: group),
                    Int(target.charge), of: placement.period, percentage: charge.percentage)
            }
        }
    }

    /// Whether a value of `unique` is new, and the group that an event counts in.
    private mutating func membership(
        _ batch: PreparedBatch, _ reading: PreparedReading, _ charge: CompiledCharge,
        _ place: Int, _ placement: Placement
    ) throws(SQLiteError) -> (isNewValue: Bool, group: GroupMembership?) {
        if reading.group < 0 {
            guard case .text(let value) = reading.value else { return (false, nil) }
            return (try count(value, charge, placement.valueSpace), nil)
        }
        let group = batch.groups[Int(reading.group)]
        let groups = residents.periods[placement.period].accumulators[place].groups
        guard case .text(let value) = reading.value else {
            return (
                false, GroupMembership(key: groups.countedKey(group.key), isNewValue: false)
            )
        }
        let isNewValue = try count(value, charge, placement.valueSpace)
        let period = residents.periods[placement.period].row.number
        return (
            isNewValue,
            try count(value, group, charge, placement.valueSpace, groups, of: period)
        )
    }
}

extension PreparedReading.Value {
    /// As an accumulator takes it: whether a value is new is told apart.
    var folded: FoldRecord.Value? {
        switch self {
        case .nothing, .unreadable: nil
        case .occurrence, .text: .occurrence
        case .decimal(let decimal): .decimal(decimal)
        }
    }
}
