internal import Billing

/// What a period adds up to at each cutoff that is asked about, event by event in log order.
///
/// Cutoffs with no void between them share one tally, which is looked at on the way. A void changes
/// what was added before it, so what counts behind it is added up by itself from the beginning.
struct PeriodTallies {
    private struct Running {
        /// The last cutoff that it is for.
        var last: Int64
        var charges: [ChargeTally]
    }

    private var running: [Running] = []

    /// - Parameters:
    ///   - cutoffs: ascending.
    ///   - voids: the sequences of all the customer's voids, ascending.
    init(_ plan: Plan, cutoffs: [Int64], voids: [Int64]) {
        let charges = plan.usageCharges.map { ChargeTally($0.usage) }
        var voids = voids[...]
        for cutoff in cutoffs {
            let before = voids.count
            voids = voids.drop { $0 <= cutoff }
            if voids.count == before, !running.isEmpty {
                running[running.count - 1].last = cutoff
            } else {
                running.append(Running(last: cutoff, charges: charges))
            }
        }
    }

    /// Nobody asks any more.
    var isDone: Bool { running.isEmpty }

    mutating func watch(_ digest: Digest?, of charge: Int) {
        for index in running.indices { running[index].charges[charge].watched = digest }
    }

    mutating func add(_ event: CountedEvent, to charge: Int) throws {
        for index in running.indices where event.sequence <= running[index].last {
            try running[index].charges[charge].add(event, at: running[index].last)
        }
    }

    mutating func add(_ void: VoidRecord, to charge: Int) {
        for index in running.indices where void.sequence <= running[index].last {
            running[index].charges[charge].add(void)
        }
    }

    /// What the charges add up to at a cutoff, once every record up to it was added and none after.
    mutating func tallies(at cutoff: Int64) -> [ChargeTally] {
        guard let index = running.firstIndex(where: { cutoff <= $0.last }) else { return [] }
        return running[index].charges
    }

    /// Forgets what only cutoffs up to this one asked for.
    mutating func forget(through cutoff: Int64) { running.removeAll { $0.last <= cutoff } }
}
