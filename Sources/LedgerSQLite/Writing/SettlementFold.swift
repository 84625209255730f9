internal import Billing
internal import JSON
internal import Synchronization

/// Adds a period up anew, from its customer's records up to a cutoff: what a correction of it is
/// priced on, and a simulation under another plan.
///
/// The log does not change, so that runs beside the writer, a page at a time. A class: it goes from
/// thread to thread, and its values are many.
final class SettlementFold: Sendable {
    let period: Int64
    let customer: KeyHash
    let catalog: CompiledCatalog
    /// The last record that counts.
    let cutoff: Int64
    private let state: Mutex<State>

    fileprivate struct State {
        let subscription: KeyHash
        let activity: Range<Instant>
        let period: PeriodRow
        let places: BillingPlaces
        let plan: CompiledPlan
        var accumulators: [Accumulator]
        /// Values of `unique`, told apart by the period in which they happened.
        var values: Set<UniqueKey> = []
        /// The last record that was folded.
        var through: Int64 = 0
    }

    init(
        of period: PeriodRow, _ subscription: ResidentSubscription, customer: KeyHash,
        places: BillingPlaces, cutoff: Int64
    ) throws(CorruptRow) {
        self.period = period.number
        self.customer = customer
        self.cutoff = cutoff
        catalog = places.catalog
        let plan = try places.plan(of: period)
        state = Mutex(
            State(
                subscription: subscription.key, activity: subscription.activity, period: period,
                places: places, plan: plan,
                accumulators: AccumulatorRow(plan: plan.version).accumulators))
    }

    /// The last record that was folded.
    var through: Int64 { state.withLock(\.through) }

    var accumulators: [Accumulator] { state.withLock(\.accumulators) }

    /// Folds the customer's next records.
    func fold(_ page: RefoldPage) throws {
        try state.withLock { state in
            for record in page.records { try state.fold(page.batch, record) }
            state.through = page.records.last?.sequence ?? state.through
        }
    }
}

extension SettlementFold.State {
    fileprivate mutating func fold(_ batch: PreparedBatch, _ record: RefoldRecord) throws {
        let event = batch.prepared[record.place]
        guard event.subscription ?? subscription == subscription,
            activity.contains(event.timestamp)
        else { return }
        for place in try places.places(of: batch, record.place, record.eventSequence) {
            switch record.kind {
            case .event(let isVoided) where place.period.number != period.number:
                if !isVoided { try note(batch, record.place, place) }
            case .event(isVoided: false): try count(batch, record, place)
            case .event: link(batch, record, place, asEvent: true)
            case .void:
                if place.period.number == period.number {
                    link(batch, record, place, asEvent: false)
                }
            }
        }
    }

    /// The readings that the period's charges take of an event.
    private func takings(
        _ batch: PreparedBatch, _ index: Int, _ place: BillingPlaces.Place
    ) -> [(charge: Int, reading: PreparedReading, value: FoldRecord.Value)] {
        let event = batch.prepared[index]
        return plan.targets(event.name).compactMap { target in
            let reading = batch.readings[Int(event.firstReading + target.reading)]
            guard place.charges.contains(plan.charges[Int(target.charge)]),
                let value = reading.value.folded
            else { return nil }
            return (Int(target.charge), reading, value)
        }
    }

    private mutating func count(
        _ batch: PreparedBatch, _ record: RefoldRecord, _ place: BillingPlaces.Place
    ) throws {
        let takings = takings(batch, record.place, place)
        // What one charge cannot take changes none.
        do throws(ArithmeticError) {
            for (charge, reading, value) in takings {
                guard case .decimal(let decimal) = value else { continue }
                try accumulators[charge].check(
                    decimal, group: group(reading, batch, charge).map(\.counted),
                    percentage: plan.charges[charge].percentage)
            }
        } catch { return }
        let event = batch.prepared[record.place]
        for (charge, reading, value) in takings {
            let group = group(reading, batch, charge)
            var isNewValue = false
            var membership = group.map { GroupMembership(key: $0.counted, isNewValue: false) }
            if case .text(let text) = reading.value {
                let value = text.combined(plan.charges[charge].key)
                isNewValue = insert(value, place.origin)
                membership = group.map { count(value, in: $0, place.origin) }
            }
            try accumulators[charge].fold(
                FoldRecord(
                    sequence: record.sequence, timestamp: event.timestamp, hash: record.hash,
                    value: value, isLate: place.isLate, isNewValue: isNewValue, group: membership),
                percentage: plan.charges[charge].percentage)
        }
    }

    /// The group that a reading counts in, and the hash of its own.
    private func group(
        _ reading: PreparedReading, _ batch: PreparedBatch, _ charge: Int
    ) -> (counted: [UInt8]?, hash: KeyHash)? {
        guard reading.group >= 0 else { return nil }
        let group = batch.groups[Int(reading.group)]
        return (accumulators[charge].groups.countedKey(group.key), group.hash)
    }

    /// Counts a value in its group: in the rest of the groups too, where that is where it counts.
    private mutating func count(
        _ value: KeyHash, in group: (counted: [UInt8]?, hash: KeyHash), _ origin: PeriodRow
    ) -> GroupMembership {
        var isNew = insert(value.combined(group.hash), origin)
        if group.counted == nil {
            let isNewInRest = insert(value.combined(.otherGroups(of: period.number)), origin)
            isNew = isNew && isNewInRest
        }
        return GroupMembership(key: group.counted, isNewValue: isNew)
    }

    private mutating func insert(_ value: KeyHash, _ origin: PeriodRow) -> Bool {
        values.insert(UniqueKey(space: origin.number, value: value)).inserted
    }

    /// Links a record that adds nothing.
    private mutating func link(
        _ batch: PreparedBatch, _ record: RefoldRecord, _ place: BillingPlaces.Place, asEvent: Bool
    ) {
        for (charge, _, _) in takings(batch, record.place, place) {
            accumulators[charge].link(
                record.hash, sequence: record.sequence,
                eventAt: asEvent ? batch.events[record.place].timestamp : nil)
        }
    }

    /// Notes the values of an event that another period counts: a late one must be known as
    /// counted.
    private mutating func note(
        _ batch: PreparedBatch, _ index: Int, _ place: BillingPlaces.Place
    ) throws(CorruptRow) {
        let other = try places.plan(of: place.period)
        for text in other.texts(batch, index, isLate: place.charges.leavesOthers) {
            let value = text.value.combined(other.charges[text.charge].key)
            _ = insert(value, place.origin)
            if let group = text.group { _ = insert(value.combined(group.hash), place.origin) }
        }
    }
}

extension BillingPlaces.Charges {
    /// Whether only charges are meant that take other periods' usage.
    fileprivate var leavesOthers: Bool {
        switch self {
        case .takingOthers: true
        case .all, .notTakingOthers: false
        }
    }
}
