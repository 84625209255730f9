internal import Billing

/// A catalog as the hot path reads it: meters by the name of their event, plans by number.
///
/// Made once for each state of the catalog. What was prepared with one is read with the same.
final class CompiledCatalog: Sendable {
    let book: CatalogBook
    /// Every version of every plan; a period has its number.
    let plans: [CompiledPlan]
    private let numbers: [PlanReference: Int32]
    /// A plan that no period has: recorded usage is only counted by its meters.
    let simulated: CompiledPlan?
    /// For each name of an event, the meters that read it.
    let events: [CompiledEvent]
    /// By the hash of the name: 1 + a place in `events`; 0 is free.
    private let slots: [UInt32]

    init(_ book: CatalogBook, _ hasher: KeyHasher, simulating other: PlanVersion? = nil) {
        var events: [CompiledEvent] = []
        var places: [Identifier: Int] = [:]
        func place(_ meter: MeterVersion, isNewest: Bool) -> (event: Int32, reading: Int32) {
            let name = meter.meter.eventName
            let place = places[name] ?? events.count
            if place == events.count {
                places[name] = place
                events.append(CompiledEvent(name: name, meters: []))
            }
            let meters = events[place].meters
            if let known = meters.firstIndex(where: { $0.version == meter }) {
                return (Int32(place), Int32(known))
            }
            events[place].meters.append(CompiledMeter(version: meter, isNewest: isNewest))
            return (Int32(place), Int32(meters.count))
        }
        for meter in book.newestMeters { _ = place(meter, isNewest: true) }
        plans = book.everyPlan.map { version in
            CompiledPlan(version, hasher) { place($0, isNewest: false) }
        }
        simulated = other.map { CompiledPlan($0, hasher) { place($0, isNewest: false) } }
        numbers = Dictionary(
            uniqueKeysWithValues: plans.enumerated().map { ($1.version.reference, Int32($0)) })
        var slots = [UInt32](repeating: 0, count: Self.slotCount(events.count))
        for (index, event) in events.enumerated() {
            var slot =
                event.name.bytes.withUnsafeBufferPointer { Self.hash($0) }
                & (slots.count - 1)
            while slots[slot] != 0 { slot = (slot + 1) & (slots.count - 1) }
            slots[slot] = UInt32(index + 1)
        }
        self.book = book
        self.events = events
        self.slots = slots
    }

    /// Whether any plan tells values apart.
    var countsValues: Bool { plans.contains(where: \.countsValues) }

    private static func slotCount(_ events: Int) -> Int {
        var count = 4
        while count < events * 2 { count *= 2 }
        return count
    }

    // FNV-1a: names of events are the operator's, so nobody else can make them collide.
    private static func hash(_ name: UnsafeBufferPointer<UInt8>) -> Int {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in name { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return Int(truncatingIfNeeded: hash ^ (hash >> 32))
    }

    /// The place in `events` of the name of an event; nil where no meter reads it.
    func event(named name: UnsafeBufferPointer<UInt8>) -> Int32? {
        var slot = Self.hash(name) & (slots.count - 1)
        while slots[slot] != 0 {
            let place = Int(slots[slot]) - 1
            if events[place].name.isEqual(to: name) {
                return Int32(truncatingIfNeeded: place)
            }
            slot = (slot + 1) & (slots.count - 1)
        }
        return nil
    }

    /// The number of a plan version that a row names, so it exists.
    func number(of plan: PlanReference) throws(CorruptRow) -> Int32 {
        guard let number = numbers[plan] else { throw CorruptRow() }
        return number
    }
}

/// A name of an event, and every meter version that reads it and is the newest or in a plan.
struct CompiledEvent: Sendable {
    let name: Identifier
    var meters: [CompiledMeter]
}

/// A meter version; what it cannot read rejects an event where it is the newest.
///
/// A class, as `CompiledCharge` is: what it holds is used by reference.
final class CompiledMeter: Sendable {
    let version: MeterVersion
    let isNewest: Bool

    init(version: MeterVersion, isNewest: Bool) {
        self.version = version
        self.isNewest = isNewest
    }

    var meter: Meter { version.meter }
}

/// A plan version and what it reads of each event.
final class CompiledPlan: Sendable {
    let version: PlanVersion
    /// Its usage charges, in its order.
    let charges: [CompiledCharge]
    /// By the place of the event's name in the catalog.
    private let targets: [[Target]]

    /// A charge that may take an event.
    struct Target: Sendable {
        /// The charge's place among the plan's usage charges.
        let charge: Int32
        /// Which of the event's readings it takes.
        let reading: Int32
    }

    fileprivate init(
        _ version: PlanVersion, _ hasher: KeyHasher,
        _ place: (MeterVersion) -> (event: Int32, reading: Int32)
    ) {
        self.version = version
        var charges: [CompiledCharge] = []
        var targets: [[Target]] = []
        for (index, (charge, usage)) in version.plan.usageCharges.enumerated() {
            let meter = version.meters[index]
            let (event, reading) = place(meter)
            while targets.count <= Int(event) { targets.append([]) }
            targets[Int(event)].append(Target(charge: Int32(index), reading: reading))
            charges.append(
                CompiledCharge(
                    key: hasher.hash(Array(charge.key.utf8)), price: usage.price,
                    takesOtherPeriods: meter.meter.aggregation.takesOtherPeriods))
        }
        self.charges = charges
        self.targets = targets
    }

    /// Whether a charge tells values apart.
    var countsValues: Bool { version.meters.contains { $0.meter.aggregation == .unique } }

    /// The charges that may take an event, by its name's place in the catalog.
    func targets(_ event: Int32) -> [Target] {
        let event = Int(event)
        return event >= 0 && event < targets.count ? targets[event] : []
    }
}

/// A usage charge of a plan version.
final class CompiledCharge: Sendable {
    /// The hash of its key: part of the key of a value that it counts.
    let key: KeyHash
    /// Where its price is taken transaction by transaction.
    let percentage: PercentagePrice?
    /// Its meter takes usage that happened in another period.
    let takesOtherPeriods: Bool

    fileprivate init(key: KeyHash, price: Price, takesOtherPeriods: Bool) {
        self.key = key
        percentage = price.percentage
        self.takesOtherPeriods = takesOtherPeriods
    }
}

extension Aggregation {
    /// Usage of another period can be added: a maximum or an average of two periods is neither's.
    fileprivate var takesOtherPeriods: Bool {
        switch self {
        case .count, .sum, .unique: true
        case .max, .min, .latest, .average: false
        }
    }
}
