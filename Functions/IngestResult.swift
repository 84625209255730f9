internal import Billing
internal import FunctionKit
package import JSON
package import Ledger

/// What became of a request's events: counts, and every event that is not plainly accepted.
package struct IngestResult: JSONWritable, Sendable {
    private var accepted = 0
    private var duplicates = 0
    private var conflicts = 0
    private var rejected = 0
    private var unbilled = 0
    private var entries: [Entry] = []

    private struct Entry: Sendable {
        enum Status: String { case accepted, duplicate, conflict, rejected }

        let index: Int
        let customerEventId: String?
        let status: Status
        var error: String?
        var late: [LateEvent] = []
    }

    /// - Parameter outcomes: of the batch's good events, in their order.
    init(_ batch: EventBatch, _ outcomes: [AppendOutcome]) {
        for (event, outcome) in zip(batch.events, outcomes) { add(outcome, event) }
        rejected += batch.faults.count
        guard !batch.faults.isEmpty else { return }
        entries += batch.faults.map { fault in
            Entry(
                index: fault.index, customerEventId: fault.customerEventId, status: .rejected,
                error: fault.text)
        }
        entries.sort { $0.index < $1.index }
    }

    private mutating func add(_ outcome: AppendOutcome, _ event: UsageEvent) {
        func entry(_ status: Entry.Status, error: String? = nil, late: [LateEvent] = []) -> Entry {
            Entry(
                index: event.index, customerEventId: event.customerEventId.string, status: status,
                error: error, late: late)
        }
        switch outcome {
        case .accepted(let event):
            accepted += 1
            if event.isUnbilled { unbilled += 1 }
            if !event.late.isEmpty { entries.append(entry(.accepted, late: event.late)) }
        case .duplicate:
            duplicates += 1
            entries.append(entry(.duplicate))
        case .conflict:
            conflicts += 1
            entries.append(entry(.conflict, error: Self.conflictText))
        case .rejected(let reason):
            rejected += 1
            entries.append(entry(.rejected, error: reason))
        }
    }

    private static let conflictText =
        "this customerEventId was accepted with another content; use a new id for a new event"

    /// For a request of a single event, whose fate is the call's.
    func throwUnlessTaken(_ faults: [EventFault]) throws {
        if let fault = faults.first { throw InvalidFields(fault.issues) }
        if conflicts > 0 { throw Problem(.conflict, Self.conflictText) }
        if rejected > 0 { throw Problem(.unprocessable, entries.first?.error ?? "rejected") }
    }

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("accepted", accepted)
            writer.member("duplicates", duplicates)
            writer.member("conflicts", conflicts)
            writer.member("rejected", rejected)
            writer.member("unbilled", unbilled)
            writer.key("results")
            writer.array { writer in
                for entry in entries { Self.write(entry, to: &writer) }
            }
        }
    }

    private static func write(_ entry: Entry, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("index", entry.index)
            writer.key("customerEventId")
            if let id = entry.customerEventId { writer.string(id) } else { writer.null() }
            writer.member("status", entry.status.rawValue)
            if let error = entry.error { writer.member("error", error) }
            if !entry.late.isEmpty { writer.member("late", each: entry.late) }
        }
    }
}

extension EventFault {
    fileprivate var text: String {
        issues.map { "\($0.pointer) \($0.detail)" }.joined(separator: "; ")
    }
}

extension LateEvent: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("subscriptionId", subscriptionId)
            writer.member("policy", policy.rawValue)
            writer.key("period")
            guard let period else { return writer.null() }
            writer.object { writer in
                writer.member("start", period.start)
                writer.member("end", period.end)
            }
        }
    }
}
