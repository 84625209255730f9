import Audit
import Billing
import Ledger
import TestRandom

extension Simulation {
    /// Sends a batch: new events, some sent before, some of those with another content.
    mutating func send() async throws {
        tick()
        var batch: [Draft] = []
        for _ in 0..<random.int(1...19) {
            guard random.chance(8), let known = world.drafts.randomElement(using: &random) else {
                batch.append(world.draft(at: now, &random))
                continue
            }
            batch.append(random.chance(30) ? known.contradicted() : known)
        }
        let (events, now) = (try Draft.events(batch), now)
        try expect(events.count, batch.count, "events that can be read")
        let (outcomes, isRepeat) = try await call { ledger, isRepeat in
            (try await ledger.append(events, at: now), isRepeat)
        }
        for (index, outcome) in outcomes.enumerated() {
            try take(outcome, of: batch[index], events[index].hash, isRepeat: isRepeat)
        }
    }

    private mutating func take(
        _ outcome: AppendOutcome, of draft: Draft, _ hash: Digest, isRepeat: Bool
    ) throws {
        let isRejected =
            draft.value == "\"many\"" || (draft.name == "payment" && draft.value == nil)
        let name = "the event \(draft.id) of \(draft.customer)"
        let known = accepted[draft.key]
        switch outcome {
        case .accepted:
            try expect(known, nil, "\(name), accepted twice")
            try expect(isRejected, false, "\(name), accepted and unreadable")
            accepted[draft.key] = hash
        case .duplicate:
            if known == nil, isRepeat {
                accepted[draft.key] = hash
            } else {
                try expect(known, hash, "\(name), a duplicate")
            }
        case .conflict:
            let isOther = known.map { $0 != hash } ?? false
            try expect(isOther, true, "\(name), a conflict with another one")
        case .rejected:
            try expect(isRejected, true, "\(name), rejected and readable")
            try expect(known, nil, "\(name), rejected and known")
        }
    }

    /// Takes some events out of billing; one perhaps that was taken out before.
    mutating func void() async throws {
        for _ in 0..<random.int(1...3) {
            tick()
            // Most are of the last ones.
            let count = world.drafts.count
            let last = random.chance(70) ? min(count, 60) : count
            let draft = world.drafts[count - random.int(1...last)]
            let (void, now) = (
                EventVoid(
                    customerId: identifier(draft.customer),
                    customerEventId: identifier(draft.id), reason: "refund"), now
            )
            let isKnown = accepted[draft.key] != nil
            do {
                _ = try await call { ledger, _ in try await ledger.void(void, at: now) }
                try expect(isKnown, true, "the void of \(draft.id), which was never accepted")
            } catch let error as LedgerError {
                if error.reason == .notFound, !isKnown { continue }
                throw error
            }
        }
    }
}

/// An id that is written in a test.
func identifier(_ text: String) -> Identifier { Identifier(checked: Array(text.utf8)) }
