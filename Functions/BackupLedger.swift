package import FunctionKit
package import JSON
package import Ledger

/// Copies the ledger, while it is in use, to a new file on the machine that serves it.
package struct BackupLedger: Function {
    package static let name = "backup"

    private let ledger: any OperatedLedger

    package init(ledger: any OperatedLedger) { self.ledger = ledger }

    package struct Input: FunctionInput {
        let file: String

        package init?(_ value: FieldValue) {
            guard var reader = value.object() else { return nil }
            let file = reader.required("file")?.text(limit: Limits.textBytes)
            reader.refuseUnknown()
            guard let file else { return nil }
            self.file = file
        }
    }

    package func handle(_ input: Input, _ context: FunctionContext) async throws -> BackupReport {
        guard input.file.hasPrefix("/") else {
            throw Problem(
                .unprocessable, "file must be an absolute path, for example /backups/a.db")
        }
        return BackupReport(outcome: try await ledger.backup(to: input.file))
    }
}

/// `{file, pages, sequence}`.
package struct BackupReport: JSONWritable, Sendable {
    let outcome: BackupOutcome

    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("file", outcome.file)
            writer.member("pages", outcome.pages)
            writer.member("sequence", outcome.sequence)
        }
    }
}
