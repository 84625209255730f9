internal import Billing
internal import JSON
internal import Ledger

extension WriterState {
    /// Finds every open period that the event counts in, opening periods on the way
    /// (`semantics.md`, Which subscriptions and Late events).
    ///
    /// The placements stand in `scratch`. Nothing is opened for an event that is rejected.
    mutating func place(
        _ batch: PreparedBatch, _ index: Int, at now: Instant
    ) throws -> EventRemarks {
        scratch.placements.removeAll(keepingCapacity: true)
        var remarks = EventRemarks()
        if !batch.unreadable.isEmpty {
            for issue in batch.newestIssues(index) { remarks.add(issue) }
        }
        let timestamp = batch.prepared[index].timestamp
        let found = scratch.customers[index]
        let customer = found >= 0 ? found : try customer(of: batch, index)
        if batch.prepared[index].subscription == nil,
            let shortcut = residents.customers[customer].shortcut,
            shortcut.start <= timestamp, timestamp < shortcut.end
        {
            scratch.placements.append(shortcut.placement)
            return remarks
        }
        for place in 0..<residents.customers[customer].subscriptions.count {
            let subscription = residents.customers[customer].subscriptions[place]
            guard takes(subscription, batch.prepared[index], timestamp) else { continue }
            if let period = residents.openPeriod(of: subscription, containing: timestamp) {
                let placement = placement(period, of: subscription)
                scratch.placements.append(placement)
                residents.remember(placement)
            } else {
                try placeInOther(batch, index, subscription, at: now, &remarks)
            }
        }
        return remarks
    }

    /// The event is for this subscription and happened while it was active.
    func takes(_ subscription: Int32, _ event: PreparedEvent, _ timestamp: Instant) -> Bool {
        if let named = event.subscription, named != residents.subscriptions[subscription].key {
            return false
        }
        return residents.subscriptions[subscription].activity.contains(timestamp)
    }

    func placement(_ period: Int32, of subscription: Int32) -> Placement {
        let generation = residents.subscriptions[subscription].row.generation
        return Placement(
            period: period,
            valueSpace: residents.periods[period].row.valueSpace(generation), isLate: false,
            waits: residents.subscriptions[subscription].refold != nil)
    }

    /// A period that is not in memory, not open yet, or closed.
    private mutating func placeInOther(
        _ batch: PreparedBatch, _ index: Int, _ subscription: Int32, at now: Instant,
        _ remarks: inout EventRemarks
    ) throws {
        try loadPeriods(of: subscription)
        let timestamp = batch.events[index].timestamp
        guard let next = residents.subscriptions[subscription].row.next, next.start <= timestamp
        else { return try placeLate(batch, index, subscription, at: now, &remarks) }
        if residents.openPeriod(of: subscription, containing: timestamp) == nil {
            let reference = residents.subscriptions[subscription].row.terms(at: timestamp).plan
            note(try plan(reference).unreadable(batch, index), &remarks)
            guard remarks.issues.isEmpty else { return }
        }
        guard let period = try openPeriod(of: subscription, containing: timestamp, at: now)
        else { return }
        scratch.placements.append(placement(period, of: subscription))
    }

    /// An event whose period is closed.
    ///
    /// What no open period can take (aggregations that take no other period's usage, a
    /// subscription that ended) is settled by a correction of the period in which it happened.
    private mutating func placeLate(
        _ batch: PreparedBatch, _ index: Int, _ subscription: Int32, at now: Instant,
        _ remarks: inout EventRemarks
    ) throws {
        let row = residents.subscriptions[subscription].row
        let timestamp = batch.events[index].timestamp
        guard let origin = try database.period(of: row.number, containing: timestamp)
        else { return }
        let plan = try plan(origin.plan)
        note(plan.unreadable(batch, index), &remarks)
        let charges = plan.charges(taking: batch, index)
        guard remarks.issues.isEmpty else { return }
        let share = try plan.share(ofLate: batch, index) {
            try row.next.flatMap { try openPeriod(of: subscription, containing: $0.start, at: now) }
                .map { (period: $0, plan: self.plan(of: $0)) }
        }
        var counted: PeriodSpan?
        switch share {
        case .ignored where charges.isEmpty, .settled where charges.isEmpty: return
        case .ignored:
            remarks.ignored += charges.map { IgnoredCharge(period: origin, charge: $0) }
        case .settled:
            remarks.settled.append(origin)
            try noteValues(batch, index, of: origin, in: origin, subscription)
            counted = origin.span
        case .next(let target, let isSettledToo):
            if isSettledToo { remarks.settled.append(origin) }
            counted = residents.periods[target].row.span
            scratch.placements.append(
                Placement(
                    period: target, valueSpace: origin.valueSpace(row.generation), isLate: true,
                    waits: residents.subscriptions[subscription].refold != nil))
        }
        remarks.isUnbilled = false
        remarks.late.append(
            LateEvent(
                subscriptionId: row.subscription.id, policy: plan.version.plan.lateEvents,
                period: counted))
        remarks.lateIn.append(origin.number)
    }

    private func note(_ issues: [FieldIssue], _ remarks: inout EventRemarks) {
        for issue in issues { remarks.add(issue) }
    }
}

extension CompiledPlan {
    /// The usage charges that take an event.
    func charges(taking batch: PreparedBatch, _ index: Int) -> [Int32] {
        let event = batch.prepared[index]
        return targets(event.name).filter { target in
            switch batch.readings[Int(event.firstReading + target.reading)].value {
            case .nothing, .unreadable: false
            case .occurrence, .decimal, .text: true
            }
        }.map(\.charge)
    }

    /// What its meters cannot read of an event.
    func unreadable(_ batch: PreparedBatch, _ index: Int) -> [FieldIssue] {
        let event = batch.prepared[index]
        return targets(event.name).compactMap { target in
            let reading = batch.readings[Int(event.firstReading + target.reading)]
            guard case .unreadable = reading.value else { return nil }
            return batch.issue(index, version.meters[Int(target.charge)].meter)
        }
    }
}
