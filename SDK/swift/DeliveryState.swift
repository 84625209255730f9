/// What waits to be sent, what is under way, and who waits for it; decides what is due, without I/O.
struct DeliveryState: Sendable {
    typealias Waiter = CheckedContinuation<Void, Never>

    /// Events that are sent in one request.
    struct Batch: Sendable {
        /// The sequence of its first event, which names it.
        let sequence: Int
        let entries: [Entry]
    }

    private let options: TallystickOptions
    private var queue = EventQueue()
    /// The sequences with which the batches under way start, in their order.
    private var underWay: [Int] = []
    /// Events before this sequence do not wait for a full batch.
    private var due = 0
    private var isTimerRunning = false
    private var flushes: [(upTo: Int, waiter: Waiter)] = []
    private var rooms: [Waiter] = []
    private(set) var isClosed = false

    init(_ options: TallystickOptions) { self.options = options }

    var queued: Int { queue.count }
    /// The sequence of the event that comes next.
    var end: Int { queue.end }
    /// Nothing is left to do, for ever.
    var isOver: Bool { isClosed && queue.isEmpty && underWay.isEmpty }

    /// Queues an event.
    ///
    /// - Returns: the events that there is no room for.
    mutating func add(_ entry: Entry) -> [Entry] {
        let times = options.whenFull == .block ? 2 : 1
        guard isFull(times, entry.bytes) else {
            queue.append(entry)
            return []
        }
        due = queue.end
        guard options.whenFull == .dropOldest else { return [entry] }
        var dropped: [Entry] = []
        while isFull(1, entry.bytes), let oldest = queue.popFirst() { dropped.append(oldest) }
        queue.append(entry)
        return dropped
    }

    /// Whether a caller that can wait has to.
    private var needsRoom: Bool { options.whenFull == .block && isFull(1, 0) }

    private func isFull(_ times: Int, _ more: Int) -> Bool {
        guard !queue.isEmpty else { return false }
        // Divided, for the limits may be as great as any number.
        return queue.count / times >= options.queueEvents
            || (queue.bytes + more - 1) / times >= options.queueBytes
    }

    /// Has `waiter` wait for room; false where there is some.
    mutating func waitForRoom(_ waiter: Waiter) -> Bool {
        guard needsRoom else { return false }
        due = queue.end
        rooms.append(waiter)
        return true
    }

    /// Makes all that waits due.
    mutating func sendNow() { due = queue.end }

    /// Has `waiter` wait for the fate of all events added so far; false where it is known.
    mutating func flush(_ waiter: Waiter) -> Bool {
        due = queue.end
        guard isPending(before: due) else { return false }
        flushes.append((due, waiter))
        return true
    }

    mutating func close() { isClosed = true }

    /// The next batch that is due, unless as many are under way as may be.
    mutating func nextBatch() -> Batch? {
        guard underWay.count < options.concurrency, !queue.isEmpty,
            queue.start < due || queue.count >= options.batchEvents
                || queue.bytes >= options.batchBytes
        else { return nil }
        let sequence = queue.start
        underWay.append(sequence)
        return Batch(
            sequence: sequence,
            entries: queue.take(events: options.batchEvents, bytes: options.batchBytes))
    }

    mutating func finish(_ batch: Batch) { underWay.removeAll { $0 == batch.sequence } }

    /// Takes all that waits.
    mutating func takeAll() -> [Entry] {
        queue.take(events: .max, bytes: .max)
    }

    /// Whether a timer is to be started, for something waits that is not due.
    mutating func startTimer() -> Bool {
        guard !isTimerRunning, queue.end > due, !queue.isEmpty else { return false }
        isTimerRunning = true
        return true
    }

    mutating func timerFired() {
        isTimerRunning = false
        due = queue.end
    }

    /// Those whose wait is over.
    mutating func takeReleased() -> [Waiter] {
        let oldest = oldest
        var released = flushes.filter { $0.upTo <= oldest }.map(\.waiter)
        flushes.removeAll { $0.upTo <= oldest }
        if !needsRoom {
            released += rooms
            rooms = []
        }
        return released
    }

    /// Whether the fate of an event with a sequence below this is not known.
    func isPending(before sequence: Int) -> Bool { oldest < sequence }

    /// The sequence of the oldest event whose fate is not known.
    private var oldest: Int { underWay.first ?? queue.start }
}
