internal import Billing
internal import Ledger
internal import Synchronization

/// Adds up what happened in each window of a span, from its customer's records.
///
/// Where an event bills says which charges count it (`BillingPlaces`); its timestamp alone says in
/// which window. A class, as `SettlementFold` is.
final class SeriesFold: Sendable {
    let customer: KeyHash
    let catalog: CompiledCatalog
    /// The last record that counts.
    let cutoff: Int64
    private let state: Mutex<State>

    init(
        _ scope: SeriesScope, windows: [Range<Instant>], _ query: SeriesQuery,
        _ limits: ReadingLimits
    )
        throws(CorruptRow)
    {
        customer = scope.customer
        catalog = scope.places.catalog
        cutoff = scope.cutoff
        var state = State(
            subscription: scope.subscription, activity: scope.activity, places: scope.places,
            windows: windows, wanted: query.meters, limits: limits)
        for plan in scope.plans {
            for meter in plan.version.meters { _ = state.number(of: meter.meter) }
        }
        self.state = Mutex(state)
    }

    func fold(_ page: RefoldPage) throws {
        try state.withLock { state in
            for record in page.records { try state.fold(page.batch, record) }
        }
    }

    var meters: [MeterSeries] {
        state.withLock { state in
            state.meters.indices.map { number in
                MeterSeries(
                    meter: state.meters[number], accumulators: state.accumulators[number])
            }
        }
    }
}

/// What a series is added up from.
struct SeriesScope: Sendable {
    let customer: KeyHash
    let subscription: KeyHash
    let activity: Range<Instant>
    let places: BillingPlaces
    /// Those of the span, in their order.
    let plans: [CompiledPlan]
    let span: PeriodSpan
    let cutoff: Int64
    /// The first record of the open periods of the span; nil where they have none.
    let firstInOpen: Int64?
}

private struct State {
    let subscription: KeyHash
    let activity: Range<Instant>
    let places: BillingPlaces
    let windows: [Range<Instant>]
    let wanted: Set<String>?
    let limits: ReadingLimits
    private(set) var meters: [Meter] = []
    /// Of each meter, by the window's place.
    private(set) var accumulators: [[Int: Accumulator]] = []
    private var numbers: [String: Int] = [:]
    private var values: Set<UniqueKey> = []
    private var cellCount = 0

    init(
        subscription: KeyHash, activity: Range<Instant>, places: BillingPlaces,
        windows: [Range<Instant>], wanted: Set<String>?, limits: ReadingLimits
    ) {
        self.subscription = subscription
        self.activity = activity
        self.places = places
        self.windows = windows
        self.wanted = wanted
        self.limits = limits
    }

    /// The place of a meter in the series; nil where nobody asked for it.
    mutating func number(of meter: Meter) -> Int? {
        if let known = numbers[meter.key] { return known }
        guard wanted?.contains(meter.key) ?? true else { return nil }
        numbers[meter.key] = meters.count
        meters.append(meter)
        accumulators.append([:])
        return meters.count - 1
    }

    mutating func fold(_ batch: PreparedBatch, _ record: RefoldRecord) throws {
        guard case .event(isVoided: false) = record.kind else { return }
        let event = batch.prepared[record.place]
        guard event.subscription ?? subscription == subscription,
            activity.contains(event.timestamp), let window = window(of: event.timestamp)
        else { return }
        var counted: [Int] = []
        for place in try places.places(of: batch, record.place, record.sequence) {
            let plan = try places.plan(of: place.period)
            for target in plan.targets(event.name) {
                let reading = batch.readings[Int(event.firstReading + target.reading)]
                guard place.charges.contains(plan.charges[Int(target.charge)]),
                    let value = reading.value.folded,
                    let meter = number(of: plan.version.meters[Int(target.charge)].meter),
                    // Two charges may price one meter.
                    !counted.contains(meter)
                else { continue }
                counted.append(meter)
                let groups = accumulators[meter][window]?.groups ?? GroupAccumulators()
                let membership = membership(batch, reading, meter, window, groups)
                try fold(
                    FoldRecord(
                        sequence: record.sequence, timestamp: event.timestamp, hash: record.hash,
                        value: value, isLate: place.isLate, isNewValue: membership.isNewValue,
                        group: membership.group), meter, window)
            }
        }
    }

    private mutating func fold(_ record: FoldRecord, _ meter: Int, _ window: Int) throws {
        if accumulators[meter][window] == nil { cellCount += 1 }
        do throws(ArithmeticError) {
            let isNewGroup = try accumulators[meter][window, default: Accumulator()].fold(
                record, percentage: nil)
            if isNewGroup { cellCount += 1 }
        } catch {
            throw LedgerError(.unprocessable, "the sum of a window overflows: \(error)")
        }
        guard cellCount <= limits.seriesCells, values.count <= limits.seriesValues else {
            throw LedgerError.tooMuchApart(limits)
        }
    }

    private func window(of timestamp: Instant) -> Int? {
        var (low, high) = (0, windows.count)
        while low < high {
            let middle = (low + high) / 2
            if windows[middle].upperBound <= timestamp { low = middle + 1 } else { high = middle }
        }
        return low < windows.count && windows[low].contains(timestamp) ? low : nil
    }

    /// Whether a value of `unique` is new in its window, and the group that an event counts in.
    private mutating func membership(
        _ batch: PreparedBatch, _ reading: PreparedReading, _ meter: Int, _ window: Int,
        _ groups: GroupAccumulators
    ) -> (isNewValue: Bool, group: GroupMembership?) {
        let space = Int64(meter) << 32 | Int64(window)
        var isNewValue = false
        if case .text(let value) = reading.value { isNewValue = insert(value, space) }
        guard reading.group >= 0 else { return (isNewValue, nil) }
        let group = batch.groups[Int(reading.group)]
        let counted = groups.countedKey(group.key)
        var isNewInGroup = false
        if case .text(let value) = reading.value {
            let name = counted == nil ? KeyHash.otherGroups(of: space) : group.hash
            isNewInGroup = insert(value.combined(name), space)
        }
        return (isNewValue, GroupMembership(key: counted, isNewValue: isNewInGroup))
    }

    private mutating func insert(_ value: KeyHash, _ space: Int64) -> Bool {
        values.insert(UniqueKey(space: space, value: value)).inserted
    }
}

extension LedgerError {
    fileprivate static func tooMuchApart(_ limits: ReadingLimits) -> LedgerError {
        LedgerError(
            .unprocessable,
            "a series tells at most \(limits.seriesCells) windows and groups and "
                + "\(limits.seriesValues) values apart; ask for one meter, a shorter span, longer "
                + "windows or other groups")
    }

    static func tooManyWindows(_ limits: ReadingLimits) -> LedgerError {
        LedgerError(
            .unprocessable,
            "has more than \(limits.seriesWindows) windows; ask for longer ones or a shorter span",
            pointer: "/window")
    }
}
