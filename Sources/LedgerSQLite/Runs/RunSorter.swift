internal import Dispatch
internal import Foundation
internal import Synchronization

/// Entries in order, and the filter over them.
struct SortedEntries: Sendable {
    let entries: [RunEntry]
    let filter: BlockedFilter

    init(_ entries: [RunEntry], _ kind: RunKind) {
        self.entries = kind.sorted(entries)
        var filter = BlockedFilter()
        if kind.hasFilter {
            filter = BlockedFilter(keys: entries.count)
            for entry in self.entries { filter.insert(kind.filterKey(entry)) }
        }
        self.filter = filter
    }
}

/// A thread that sorts frozen tables, so that the writer does not.
final class RunSorter: Sendable {
    private struct Job {
        let entries: [RunEntry]
        let kind: RunKind
        let answer: SortedBox
    }

    private let mailbox = Mailbox<Job>(capacity: 16)

    init() {
        NamedThread.start("ledger-sorter") { [mailbox] in
            while let jobs = mailbox.take(limit: 1) {
                for job in jobs { job.answer.put(SortedEntries(job.entries, job.kind)) }
            }
        }
    }

    deinit { mailbox.close() }

    func sort(_ entries: [RunEntry], _ kind: RunKind) -> SortedBox {
        let answer = SortedBox()
        do throws(Mailbox<Job>.Refusal) {
            try mailbox.put(Job(entries: entries, kind: kind, answer: answer))
        } catch {
            // The thread has more to do than it should: this thread does it.
            answer.put(SortedEntries(entries, kind))
        }
        return answer
    }
}

/// Where the sorting thread leaves its answer.
final class SortedBox: Sendable {
    private let answer = Mutex<SortedEntries?>(nil)
    private let signal = DispatchSemaphore(value: 0)

    fileprivate func put(_ sorted: SortedEntries) {
        answer.withLock { $0 = sorted }
        signal.signal()
    }

    /// Takes the answer, once; nil while it is not there, unless `waits`.
    func take(waits: Bool) -> SortedEntries? {
        if waits { signal.wait() }
        return answer.withLock { $0.take() }
    }
}
