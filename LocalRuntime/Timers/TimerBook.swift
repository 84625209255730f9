import Billing
import Ledger

/// A timer that is to fire for one of its ticks.
struct TimerFiring: Sendable, Equatable {
    /// The timer's place in the configuration.
    let index: Int
    let tick: Instant
}

/// Which ticks have fired and which come next; no I/O.
///
/// A tick fires once, also where the wall clock goes back. Ticks that were missed while the runtime
/// was down come to one firing.
struct TimerBook: Sendable {
    private struct Entry: Sendable {
        let definition: TimerDefinition
        /// The first tick that has not fired.
        var nextFireAt: Instant
        var retryAt: Instant?
        var backoff = Backoff()
    }

    private var entries: [Entry]

    /// Picks up where the stored states end; a timer that is new or has another schedule begins
    /// with its first tick after `now`.
    ///
    /// - Parameter isTest: a test clock may start before a stored state on purpose; its ticks from
    ///   there on are due once more.
    init(_ definitions: [TimerDefinition], stored: [TimerState], now: Instant, isTest: Bool) {
        entries = definitions.map { definition in
            let first = definition.schedule.next(after: now) ?? .latest
            let state = stored.first {
                $0.name == definition.name && $0.schedule == definition.schedule.description
            }
            guard let state else { return Entry(definition: definition, nextFireAt: first) }
            return Entry(
                definition: definition,
                nextFireAt: isTest ? min(state.nextFireAt, first) : state.nextFireAt)
        }
    }

    var count: Int { entries.count }

    subscript(index: Int) -> TimerDefinition { entries[index].definition }

    /// What to store.
    func state(_ index: Int) -> TimerState {
        let entry = entries[index]
        return TimerState(
            name: entry.definition.name, schedule: entry.definition.schedule.description,
            nextFireAt: entry.nextFireAt)
    }

    /// Whether the timer has a tick by `limit` that has not fired.
    func isPending(_ index: Int, by limit: Instant) -> Bool {
        let entry = entries[index]
        return entry.nextFireAt <= limit && entry.nextFireAt < .latest
            && entry.retryAt ?? .earliest <= limit
    }

    /// The next tick to fire, idle ones skipped: none before `work` falls due.
    func tick(_ index: Int, work: Instant?) -> Instant? {
        let entry = entries[index]
        guard entry.nextFireAt < .latest else { return nil }
        guard let work, work > entry.nextFireAt else { return entry.nextFireAt }
        return entry.definition.schedule.first(atOrAfter: work)
    }

    /// When to look at the timer again, where nothing fires now.
    func wake(_ index: Int, now: Instant) -> Instant {
        let entry = entries[index]
        let next = max(entry.nextFireAt, entry.retryAt ?? .earliest)
        return next > now ? next : entry.definition.schedule.next(after: now) ?? .latest
    }

    /// A firing is over: its tick and all that have passed since are used up.
    mutating func finished(_ firing: TimerFiring, now: Instant) {
        let schedule = entries[firing.index].definition.schedule
        entries[firing.index].nextFireAt = schedule.next(after: max(firing.tick, now)) ?? .latest
        entries[firing.index].retryAt = nil
        entries[firing.index].backoff.reset()
    }

    /// A firing failed through no fault of its own: the tick stays.
    mutating func failed(_ firing: TimerFiring, now: Instant) {
        entries[firing.index].retryAt = now + entries[firing.index].backoff.next()
    }
}
