internal import Billing
internal import Ledger
internal import Synchronization

/// What open periods have used as of the last commit: those that somebody asked for lately.
///
/// The writer alone has the newest accumulators, and it answers between groups, of which one may
/// take some ten milliseconds. So it puts here, after each commit, what is watched; whoever reads it
/// waits for nobody.
final class PublishedUsage: Sendable {
    private struct Entry {
        var usage: PeriodUsage
        /// The commit before it was last asked for.
        var askedAt: Int
    }

    private struct State {
        var entries: [Identifier: Entry] = [:]
        var asOfSequence: Int64 = 0
        var commits = 0
    }

    private let state = Mutex(State())

    /// What the subscription's period that contains `instant` has used, where that is published.
    func usage(of subscription: Identifier, at instant: Instant) -> PeriodUsage? {
        state.withLock { state in
            guard var usage = state.entries[subscription]?.usage, usage.span.contains(instant)
            else { return nil }
            state.entries[subscription]?.askedAt = state.commits
            usage.asOfSequence = state.asOfSequence
            return usage
        }
    }

    /// Takes over what a commit has changed, all at once.
    ///
    /// - Parameters:
    ///   - ended: what is not published any more.
    ///   - patience: commits after which nobody seems to ask any more.
    /// - Returns: the subscriptions of which that is so.
    func publish(
        _ changed: [PeriodUsage], without ended: [Identifier], asOf sequence: Int64, patience: Int
    ) -> Set<Identifier> {
        state.withLock { state in
            state.commits += 1
            state.asOfSequence = sequence
            for id in ended { state.entries[id] = nil }
            var unasked: Set<Identifier> = []
            for usage in changed {
                let id = usage.subscription.id
                let askedAt = state.entries[id]?.askedAt ?? state.commits
                state.entries[id] = Entry(usage: usage, askedAt: askedAt)
                if state.commits - askedAt > patience { unasked.insert(id) }
            }
            for id in unasked { state.entries[id] = nil }
            return unasked
        }
    }

    /// Forgets all, as when the store is opened anew.
    func removeAll() { state.withLock { $0.entries = [:] } }
}
