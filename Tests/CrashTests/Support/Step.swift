import Billing
import LedgerScene
import TestRandom

/// One thing that is done with the ledger; done again it changes nothing.
enum Step: Sendable {
    case catalog
    /// Batches of different customers, sent at once.
    case send([[ModelEvent]], at: Instant)
    case subscribe(String, customer: String, from: Instant)
    case void(ModelEvent, at: Instant)
    case close(asOf: Instant)
    /// Copies the WAL into the database, as SQLite does when it is long.
    case checkpoint
    case restart
    /// Compares everything.
    case compare
}

/// Draws the steps of a run; what goes wrong in it changes nothing about them.
struct Script {
    private var random: SeededRandom
    private let customers = ["c0", "c1", "c2"]
    private var sent: [String: [ModelEvent]] = [:]
    private var numbers: [String: Int] = [:]
    private let batchSizes: ClosedRange<Int>
    private let count: Int

    init(seed: UInt64, steps: ClosedRange<Int> = 4...9, batchSizes: ClosedRange<Int> = 1...12) {
        random = SeededRandom(seed: seed)
        self.batchSizes = batchSizes
        count = random.int(steps)
    }

    mutating func steps() throws -> [Step] {
        var steps: [Step] = [.catalog]
        // A second one for a customer, and one that starts before it was created.
        var subscriptions = [
            ("s0", "c0", "2026-01-01T00:00:00Z"), ("s1", "c1", "2026-01-10T12:00:00Z"),
            ("s2", "c0", "2025-12-15T00:00:00Z"), ("s3", "c2", "2025-11-20T00:00:00Z"),
        ]
        for index in 0..<count {
            let now = Scene.start + .seconds(index * random.int(4...9) * 86_400)
            if !subscriptions.isEmpty, index == 0 || random.chance(30) {
                let (id, customer, start) = subscriptions.removeFirst()
                steps.append(.subscribe(id, customer: customer, from: instant(start)))
            }
            if random.chance(20),
                let event = sent[customers[random.int(0...2)]]?.randomElement(
                    using: &random)
            {
                steps.append(.void(event, at: now))
            }
            steps.append(try batches(at: now))
            if random.chance(25) { steps.append(.close(asOf: now)) }
            if random.chance(15) { steps.append(.checkpoint) }
            if random.chance(10) { steps.append(.restart) }
            if random.chance(15) { steps.append(.compare) }
        }
        return steps
    }

    private mutating func batches(at now: Instant) throws -> Step {
        let senders = random.chance(20) ? customers : [customers[random.int(0...2)]]
        let batches = try senders.map { customer in
            try (0..<random.int(batchSizes)).map { _ in try event(of: customer, before: now) }
        }
        return .send(batches, at: now)
    }

    private mutating func event(of customer: String, before now: Instant) throws -> ModelEvent {
        if random.chance(20), let known = sent[customer]?.randomElement(using: &random) {
            return random.chance(30) ? try known.contradicted() : known
        }
        let number = numbers[customer, default: 0]
        numbers[customer] = number + 1
        let oldest = instant("2025-11-10T00:00:00Z")
        let seconds = (now.microseconds - oldest.microseconds) / 1_000_000
        // Most are new; some belong to months that are closed.
        let back = random.chance(70) ? min(seconds, 20 * 86_400) : seconds
        let event = try ModelEvent(
            id: "e\(number)", customer: customer, isOther: random.chance(4),
            timestamp: now + .seconds(-Int64.random(in: 0...back, using: &random)),
            region: random.chance(80) ? "r\(random.int(0...3))" : nil, value: value(),
            subscription: customer == "c0" && random.chance(20)
                ? (random.chance(50) ? "s0" : "s2") : nil,
            isLong: random.chance(20))
        sent[customer, default: []].append(event)
        return event
    }

    private mutating func value() -> ModelEvent.Value? {
        if random.chance(6) { return nil }
        return random.chance(3)
            ? .text("t\(random.int(0...5))") : .number(random.int(-20...40))
    }
}
