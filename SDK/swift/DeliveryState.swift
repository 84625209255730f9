/// What waits to be sent, what is under way, and who waits for it; decides what is due, without I/O.
struct DeliveryState: Sendable {
    typealias Waiter = CheckedContinuation<Void, Never>

    /// Events that are sent in one request.
    struct Batch: Sendable {
        /// The sequence of its first event, which names it.
        let sequence: Int
        let entries: [Entry]
        /// Ends when the batch is given up.
        let isWanted: AsyncStream<Never>
    }

    private let options: TallystickOptions
    private var queue = EventQueue()
    /// The sequences with which the batches under way start, in their order, and what gives them up.
    private var underWay: [(sequence: Int, wanted: AsyncStream<Never>.Continuation)] = []
    /// Events before this sequence do not wait for a full batch.
    private var due = 0
    private var isTimerRunning = false
    private var flushes: [(upTo: Int, waiter: Waiter)] = []
    /// Callers whose events lie beyond the limits, in their order; up to and with each event, the
    /// events and bytes that came.
    private var rooms: [(end: Int, bytes: Int, waiter: Waiter)] = []
    private(set) var isClosed = false

    init(_ options: TallystickOptions) { self.options = options }

    var queued: Int { queue.count }
    /// The sequence of the event that comes next.
    var end: Int { queue.end }
    /// Nothing is left to do, for ever.
    var isOver: Bool { isClosed && queue.isEmpty && underWay.isEmpty }

    /// Queues an event.
    ///
    /// - Parameter isAwaited: its caller waits, so the number of callers bounds such events.
    /// - Returns: the events that there is no room for.
    mutating func add(_ entry: Entry, isAwaited: Bool = false) -> [Entry] {
        let isBlocking = options.whenFull == .block
        guard !(isBlocking && isAwaited), isFull(isBlocking ? 2 : 1, entry.bytes) else {
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

    private func isFull(_ times: Int, _ more: Int) -> Bool {
        guard !queue.isEmpty else { return false }
        // Divided, for the limits may be as great as any number.
        return queue.count / times >= options.queueEvents
            || (queue.bytes + more - 1) / times >= options.queueBytes
    }

    /// Has `waiter` wait until the last event lies within the limits; false where it does, or where
    /// nobody waits for that.
    mutating func waitForRoom(_ waiter: Waiter) -> Bool {
        let (end, bytes) = (queue.end, queue.startBytes + queue.bytes)
        guard options.whenFull == .block, !hasRoom(end, bytes) else { return false }
        due = end
        rooms.append((end, bytes, waiter))
        return true
    }

    /// Whether the event with which these many events and bytes had come lies within the limits.
    private func hasRoom(_ end: Int, _ bytes: Int) -> Bool {
        end - queue.start <= 1
            || end - queue.start <= options.queueEvents
                && bytes - queue.startBytes <= options.queueBytes
    }

    /// Makes all that waits due.
    mutating func sendNow() { due = queue.end }

    /// Has `waiter` wait for the fate of all events added so far.
    ///
    /// - Returns: the sequence of the event that comes next; nil where their fate is known.
    mutating func flush(_ waiter: Waiter) -> Int? {
        due = queue.end
        guard oldest < due else { return nil }
        flushes.append((due, waiter))
        return due
    }

    mutating func close() { isClosed = true }

    /// The next batch that is due, unless as many are under way as may be.
    ///
    /// It ends where a flush does, which may give up its own events and no others.
    mutating func nextBatch() -> Batch? {
        guard underWay.count < options.concurrency, !queue.isEmpty,
            queue.start < due || queue.count >= options.batchEvents
                || queue.bytes >= options.batchBytes
        else { return nil }
        let sequence = queue.start
        let flush = flushes.first { $0.upTo > sequence }?.upTo ?? .max
        let (isWanted, wanted) = AsyncStream.makeStream(of: Never.self)
        underWay.append((sequence, wanted))
        return Batch(
            sequence: sequence,
            entries: queue.take(
                events: min(options.batchEvents, flush - sequence), bytes: options.batchBytes),
            isWanted: isWanted)
    }

    mutating func finish(_ batch: Batch) { underWay.removeAll { $0.sequence == batch.sequence } }

    /// Gives up the batches under way that start before a sequence, and takes what waits before it.
    mutating func abandon(before sequence: Int) -> [Entry] {
        for batch in underWay where batch.sequence < sequence { batch.wanted.finish() }
        return queue.take(events: sequence - queue.start, bytes: .max)
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
        let freed = rooms.prefix { hasRoom($0.end, $0.bytes) }
        released += freed.map(\.waiter)
        rooms.removeFirst(freed.count)
        return released
    }

    /// The sequence of the oldest event whose fate is not known.
    private var oldest: Int { underWay.first?.sequence ?? queue.start }
}
