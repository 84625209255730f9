internal import Billing
internal import JSON
internal import SQLite

extension WriterState {
    /// Reckons every fold of an event that was placed, before any of them is taken.
    mutating func reckon(
        _ batch: PreparedBatch, _ index: Int, _ sequence: Int64, _ remarks: inout EventRemarks
    ) throws {
        scratch.steps.removeAll(keepingCapacity: true)
        do {
            for place in 0..<scratch.placements.count {
                try reckon(batch, index, scratch.placements[place], sequence, &remarks)
            }
        } catch let overflow as ArithmeticError {
            remarks.add(
                FieldIssue(
                    pointer: "/properties", detail: "makes the period's sum overflow: \(overflow)",
                    severity: .meaningless))
        }
    }

    private mutating func reckon(
        _ batch: PreparedBatch, _ index: Int, _ placement: Placement, _ sequence: Int64,
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
            if placement.isLate, !plan.charges[Int(target.charge)].takesOtherPeriods { continue }
            remarks.isUnbilled = false
            if placement.waits { continue }
            try reckon(batch, index, reading, target.charge, plan, placement, sequence)
        }
    }

    /// Reckons one fold.
    private mutating func reckon(
        _ batch: PreparedBatch, _ index: Int, _ reading: PreparedReading, _ charge: Int32,
        _ plan: CompiledPlan, _ placement: Placement, _ sequence: Int64
    ) throws {
        let group = reading.group >= 0 ? batch.groups[Int(reading.group)] : nil
        var membership: GroupMembership?
        var isNewValue = false
        if case .text(let value) = reading.value {
            (isNewValue, membership) = try count(
                value, group, plan.charges[Int(charge)], placement.valueSpace,
                residents.periods[placement.period].accumulators[Int(charge)].groups)
        } else if let group {
            let groups = residents.periods[placement.period].accumulators[Int(charge)].groups
            membership = GroupMembership(key: groups.countedKey(group.key), isNewValue: false)
        }
        let event = batch.prepared[index]
        let record = FoldRecord(
            sequence: sequence, timestamp: event.timestamp, hash: event.hash,
            value: reading.value.folded, isLate: placement.isLate, isNewValue: isNewValue,
            group: membership)
        try residents.periods[placement.period].accumulators[Int(charge)].check(
            record, percentage: plan.charges[Int(charge)].percentage)
        scratch.steps.append(
            PlannedStep(period: placement.period, charge: charge, record: record))
    }

    /// Takes the folds that were reckoned.
    mutating func takeSteps() throws(ArithmeticError) {
        for index in scratch.steps.indices {
            let period = scratch.steps[index].period
            let charge = Int(scratch.steps[index].charge)
            try residents.fold(
                scratch.steps[index].record, charge, of: period,
                percentage: plan(of: period).charges[charge].percentage)
        }
    }
}

extension PreparedReading.Value {
    /// As an accumulator takes it: whether a value is new is told apart.
    fileprivate var folded: FoldRecord.Value {
        switch self {
        case .nothing, .unreadable: .nothing
        case .occurrence, .text: .occurrence
        case .decimal(let decimal): .decimal(decimal)
        }
    }
}
