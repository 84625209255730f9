import Audit
import Functions

extension Wiring {
    /// Verifies one invoice, on a thread of its own, for a line may have millions of events; nil where
    /// there is no such one.
    static func verify(_ id: String, in path: String) async throws -> InvoiceVerification? {
        try await OwnThread.run { try InvoiceAudit.verify(id, in: path) }
    }

    /// Audits the whole ledger in the file at `path`, with a progress bar.
    static func audit(_ path: String) async throws -> LedgerReport {
        try await OwnThread.run {
            var meter = ProgressMeter("records")
            defer { meter.clear() }
            return try LedgerAudit.run(path) { records, total in
                meter.show(Int(records), done: Int(records), of: Int(total))
            }
        }
    }

    /// Writes out what an invoice rests on; nil where there is no such one.
    static func export(
        _ id: String, from path: String, to folder: EvidenceFolder
    ) async throws -> InvoiceEvidence.Summary? {
        try await OwnThread.run {
            try InvoiceEvidence.export(id, from: path) { try folder.append($1, to: $0) }
        }
    }
}
