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
        var issues: [FieldIssue] = []
        var late: [LateEvent] = []

        var error: String? {
            switch status {
            case .accepted, .duplicate: nil
            case .conflict: IngestResult.conflictText
            case .rejected:
                issues.map { $0.pointer.isEmpty ? $0.detail : "\($0.pointer) \($0.detail)" }
                    .joined(separator: "; ")
            }
        }
    }

    /// - Parameter outcomes: of the batch's good events, in their order.
    init(_ batch: EventBatch, _ outcomes: [AppendOutcome]) {
        for (event, outcome) in zip(batch.events, outcomes) { add(outcome, event) }
        rejected += batch.faults.count
        guard !batch.faults.isEmpty else { return }
        entries += batch.faults.map { fault in
            Entry(
                index: fault.index, customerEventId: fault.customerEventId, status: .rejected,
                issues: fault.issues)
        }
        entries.sort { $0.index < $1.index }
    }

    private mutating func add(_ outcome: AppendOutcome, _ event: UsageEvent) {
        func entry(
            _ status: Entry.Status, issues: [FieldIssue] = [], late: [LateEvent] = []
        ) -> Entry {
            Entry(
                index: event.index, customerEventId: event.customerEventId.string, status: status,
                issues: issues, late: late)
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
            entries.append(entry(.conflict))
        case .rejected(let issues):
            rejected += 1
            entries.append(entry(.rejected, issues: issues))
        }
    }

    private static let conflictText =
        "this customerEventId was accepted with another content; use a new id for a new event"

    /// For a request of a single event, whose fate is the call's.
    func throwUnlessTaken() throws {
        guard let entry = entries.first else { return }
        if entry.status == .conflict { throw Problem(.conflict, Self.conflictText) }
        if entry.status == .rejected { throw InvalidFields(entry.issues) }
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
