import FunctionKit
import LedgerSQLite

extension Wiring {
    /// Derives the ledger in the file at `path` anew from its log, into a new one, with its
    /// invoices.
    ///
    /// - Throws: `Problem(.unavailable)` whose text says what is wrong.
    static func rebuild(
        _ path: String, into target: String, _ setting: Setting
    ) async throws -> RebuildReport {
        do {
            let rebuilt = try await OwnThread.run { try RebuiltLedger.derive(path, into: target) }
            try await LocalInvocation(dataFile: target, setting: setting).writeInvoices()
            let invoices = try await OwnThread.run { try rebuilt.compareInvoices() }
            return RebuildReport(
                file: target, records: rebuilt.recordCount, invoices: invoices.count,
                differing: invoices.differing, firstDifferent: invoices.firstDifferent)
        } catch let known as any ProblemConvertible {
            throw known
        } catch { throw Problem(.unavailable, "\(path) cannot be rebuilt: \(error)") }
    }
}
