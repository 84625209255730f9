internal import Billing
internal import Ledger

/// The open periods whose usage the writer publishes after each commit.
struct WatchedPeriods {
    struct Watched {
        let handle: Int32
        /// The period's row; another may have the handle later.
        let number: Int64
        /// As it was published last.
        var usage: PeriodUsage
        /// The last record that was folded into it then; nil where it is new here.
        var through: Int64?
    }

    var all: [Watched] = []
    let limits: ReadingLimits

    init(_ limits: ReadingLimits) { self.limits = limits }

    /// - Parameter usage: of the open period `handle`, as the group under way has it.
    mutating func watch(_ handle: Int32, _ number: Int64, _ usage: PeriodUsage) {
        all.removeAll { $0.usage.subscription.id == usage.subscription.id }
        all.append(Watched(handle: handle, number: number, usage: usage, through: nil))
    }
}

extension WriterState {
    /// Publishes what the group that was just committed has changed of the periods that are watched.
    mutating func publishUsage() {
        var changed: [PeriodUsage] = []
        var ended: [Identifier] = []
        var weight = 0
        for index in watched.all.indices.reversed() where !isWatchable(watched.all[index]) {
            ended.append(watched.all.remove(at: index).usage.subscription.id)
        }
        for index in watched.all.indices {
            let handle = watched.all[index].handle
            let through = residents.periods[handle].foldedThrough
            weight += residents.periods[handle].accumulators.reduce(0) {
                $0 + 1 + $1.groups.entries.count
            }
            guard weight <= watched.limits.publishedAccumulators else {
                ended += watched.all[index...].map(\.usage.subscription.id)
                watched.all.removeSubrange(index...)
                break
            }
            guard watched.all[index].through != through else { continue }
            watched.all[index].through = through
            watched.all[index].usage.accumulators = residents.periods[handle].accumulators
            changed.append(watched.all[index].usage)
        }
        let unasked = published.usage.publish(
            changed, without: ended, asOf: head.sequence,
            patience: watched.limits.publishedCommits)
        if !unasked.isEmpty {
            watched.all.removeAll { unasked.contains($0.usage.subscription.id) }
        }
    }

    /// Whether the period is still in memory, open, and what it was.
    private func isWatchable(_ watched: WatchedPeriods.Watched) -> Bool {
        guard residents.periods.contains(watched.handle),
            residents.periods[watched.handle].row.number == watched.number
        else { return false }
        let subscription = residents.periods[watched.handle].subscription
        return residents.subscriptions[subscription].refold == nil
            && residents.subscriptions[subscription].row.subscription.endsAt
                == watched.usage.subscription.endsAt
    }
}
