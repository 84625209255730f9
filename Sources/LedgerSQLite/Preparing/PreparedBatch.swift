internal import Billing
internal import JSON

/// Events with all that the writer needs of them: keys hashed and meters read, which is done where
/// the request is, not on the writer.
struct PreparedBatch: Sendable {
    let events: [UsageEvent]
    /// Of each event.
    private(set) var prepared: [PreparedEvent] = []
    /// Of all events, one after the other.
    private(set) var readings: [PreparedReading] = []
    private(set) var groups: [PreparedGroup] = []
    /// The places of events that a newest meter cannot read: it rejects an event that is new.
    private(set) var unreadable: Set<Int> = []
    /// What the readings were made with.
    let catalog: CompiledCatalog

    /// - Parameter groupBy: splits what every meter counts; nil leaves that to each meter.
    init(
        _ events: [UsageEvent], _ catalog: CompiledCatalog, _ hasher: KeyHasher,
        groupBy: [PropertyPath]? = nil
    ) {
        self.init(unprepared: events, catalog)
        for index in events.indices { prepare(index, hasher, groupBy) }
    }

    /// The same in turns with other tasks of its thread.
    init(inTurns events: [UsageEvent], _ catalog: CompiledCatalog, _ hasher: KeyHasher) async {
        self.init(unprepared: events, catalog)
        for index in events.indices {
            prepare(index, hasher, nil)
            await EventBatch.yield(after: index)
        }
    }

    private init(unprepared events: [UsageEvent], _ catalog: CompiledCatalog) {
        self.events = events
        self.catalog = catalog
        prepared.reserveCapacity(events.count)
        readings.reserveCapacity(events.count * 4)
    }

    private mutating func prepare(
        _ index: Int, _ hasher: KeyHasher, _ groupBy: [PropertyPath]?
    ) {
        let event = events[index]
        let first = Int32(truncatingIfNeeded: readings.count)
        let name = event.withEventName { catalog.event(named: $0) }
        if let name {
            for meter in catalog.events[Int(name)].meters {
                let value = PreparedReading.Value(of: event, by: meter.meter, hasher)
                if meter.isNewest, case .unreadable = value { unreadable.insert(index) }
                var group: Int32 = -1
                let properties = groupBy ?? meter.meter.groupBy
                if !properties.isEmpty {
                    let key = event.group(by: properties)
                    group = Int32(truncatingIfNeeded: groups.count)
                    groups.append(PreparedGroup(key: key, hash: hasher.hash(key)))
                }
                readings.append(PreparedReading(value: value, group: group))
            }
        }
        prepared.append(PreparedEvent(event, hasher, name: name, firstReading: first))
    }

    /// What is wrong with an event that a meter cannot read.
    func issue(_ index: Int, _ meter: Meter) -> FieldIssue? {
        do throws(MeterReadingError) { _ = try meter.read(events[index]) } catch {
            return FieldIssue(error, meter)
        }
        return nil
    }

    /// What the newest meters cannot read of an event.
    func newestIssues(_ index: Int) -> [FieldIssue] {
        guard unreadable.contains(index) else { return [] }
        let meters = catalog.events[Int(prepared[index].name)].meters
        return meters.filter(\.isNewest).compactMap { issue(index, $0.meter) }
    }

    /// In events of usual size: how much of a group, and of what may wait, it is.
    var weight: Int {
        let bytes = events.reduce(0) { $0 + $1.bytes.payload.count }
        return max(events.count, bytes / Self.usualBytes)
    }

    private static let usualBytes = 512

    /// The same events read by the meters of another catalog.
    func prepared(with catalog: CompiledCatalog, _ hasher: KeyHasher) -> PreparedBatch {
        PreparedBatch(events, catalog, hasher)
    }
}

/// What the writer reads of an event: trivial, so that it costs no reference count.
struct PreparedEvent: Sendable {
    let timestamp: Instant
    let hash: Digest
    /// Of (customer id, event id): what makes it the same event.
    let key: KeyHash
    let customer: KeyHash
    /// Of the subscription that it names.
    let subscription: KeyHash?
    /// The place of its name in the catalog; -1 where no meter reads it.
    let name: Int32
    /// Where its readings begin.
    let firstReading: Int32

    fileprivate init(
        _ event: UsageEvent, _ hasher: KeyHasher, name: Int32?, firstReading: Int32
    ) {
        (key, customer) = event.withCustomerId { customer in
            let customerBytes = UnsafeRawBufferPointer(customer)
            return event.withCustomerEventId { id in
                (
                    hasher.hash(customerBytes, UnsafeRawBufferPointer(id)),
                    hasher.hash(customerBytes)
                )
            }
        }
        subscription = event.withSubscriptionId {
            $0.map { hasher.hash(UnsafeRawBufferPointer($0)) }
        }
        timestamp = event.timestamp
        hash = event.hash
        self.name = name ?? -1
        self.firstReading = firstReading
    }
}

/// What one meter reads from one event.
struct PreparedReading: Sendable {
    enum Value: Sendable {
        case nothing
        case occurrence
        case decimal(ExactDecimal)
        /// A value of `unique`.
        case text(KeyHash)
        /// The meter's own issue tells why.
        case unreadable
    }

    let value: Value
    /// The place of its group in the batch; -1 where its meter splits nothing.
    let group: Int32
}

/// A group of a meter that splits its evidence.
struct PreparedGroup: Sendable {
    /// Canonical JSON of the group's properties.
    let key: [UInt8]
    let hash: KeyHash
}

extension PreparedReading.Value {
    fileprivate init(of event: UsageEvent, by meter: Meter, _ hasher: KeyHasher) {
        do throws(MeterReadingError) {
            switch try meter.read(event) {
            case .nothing: self = .nothing
            case .occurrence: self = .occurrence
            case .decimal(let decimal): self = .decimal(decimal)
            case .text(let text):
                self = .text(text.withBytes { hasher.hash(UnsafeRawBufferPointer($0)) })
            }
        } catch {
            self = .unreadable
        }
    }
}

extension KeyHasher {
    func hash(_ id: Identifier) -> KeyHash { hash(id.bytes) }

    func hash(_ bytes: [UInt8]) -> KeyHash { bytes.withUnsafeBytes { hash($0) } }
}
