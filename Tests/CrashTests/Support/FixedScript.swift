import Billing
import LedgerScene

/// Scripts whose every change is crashed and failed.
enum FixedScript: CaseIterable, Sendable {
    /// The file and its tables come about, and one event is sent.
    case creation
    case everything

    func steps() throws -> [Step] {
        switch self {
        case .creation: try Self.creation()
        case .everything: try Self.everything()
        }
    }

    private static func creation() throws -> [Step] {
        var batches = Batches()
        return try [
            .catalog,
            .subscribe("s0", customer: "c0", from: Scene.start),
            .send([batches.next("c0", ["01-02"])], at: instant("2026-01-20T00:00:00Z")),
        ]
    }

    /// Closes, late events, a subscription that starts before it was created, repeats of every kind;
    /// with small limits a spill with nearly every batch, and merges.
    private static func everything() throws -> [Step] {
        var batches = Batches()
        let first = try batches.next("c0", ["01-02", "01-03", "01-13"])
        let second = try batches.next("c1", ["01-05", "01-06"])
        let again = try [first[0], first[1].contradicted()]
        let late = try batches.next("c0", ["01-07"], .number(7))[0]
        return try [
            .catalog,
            .subscribe("s0", customer: "c0", from: Scene.start),
            .send([first], at: instant("2026-01-20T00:00:00Z")),
            .send(
                [second, batches.next("c0", ["01-05", "02-01"])],
                at: instant("2026-01-21T00:00:00Z")),
            .subscribe("s1", customer: "c1", from: instant("2026-01-06T00:00:00Z")),
            .close(asOf: instant("2026-02-03T00:00:00Z")),
            .send(
                [again + [late] + batches.next("c0", ["02-03"], .number(7)) + again],
                at: instant("2026-02-04T00:00:00Z")),
            .checkpoint,
            .subscribe("s2", customer: "c0", from: instant("2026-01-03T00:00:00Z")),
            .void(late, at: instant("2026-02-04T00:00:00Z")),
            .restart,
            .send(
                [
                    batches.next("c0", ["02-04", "01-03"]),
                    second + batches.next("c1", ["02-03"], .text("x")),
                ], at: instant("2026-02-05T00:00:00Z")),
        ]
    }

    /// Makes batches of new events.
    private struct Batches {
        private var number = 0

        /// - Parameter days: of 2026, at noon.
        mutating func next(
            _ customer: String, _ days: [String], _ value: ModelEvent.Value = .number(5)
        ) throws -> [ModelEvent] {
            number += 1
            return try days.map { day in
                try ModelEvent(
                    id: "e\(number)-\(day)", customer: customer, isOther: false,
                    timestamp: instant("2026-\(day)T12:00:00Z"), region: "r\(day.suffix(1))",
                    value: value, subscription: nil, isLong: false)
            }
        }
    }
}
