package import Ledger

extension SQLiteLedger {
    package func backup(to path: String) async throws(LedgerError) -> BackupOutcome {
        let writer = writer
        return try await withCheckedContinuation { continuation in
            let waiter = BackupWaiter(continuation)
            writer.post { state in
                try state.beginBackup(to: path, waiter)
            } fail: { error in
                waiter.answer(.failure(error))
            }
        }.get()
    }

    package var statistics: StoreStatistics {
        var statistics = published.statistics
        statistics.waitingCalls = writer.waitingCount
        statistics.oldestReaderMilliseconds = readers.oldestMilliseconds
        statistics.walBytes = FileSize.bytes(of: path + "-wal")
        statistics.fileBytes = FileSize.bytes(of: path)
        return statistics
    }
}

extension WriterState {
    /// Begins a backup; one at a time.
    mutating func beginBackup(to path: String, _ waiter: BackupWaiter) throws {
        guard backup == nil else {
            throw LedgerError(.conflict, "a backup is being made; wait until it is done")
        }
        backup = try RunningBackup(of: database.connection, to: path, waiter)
    }

    /// Goes on with the backup under way; between groups.
    mutating func stepBackup() {
        guard let running = backup else { return }
        if running.step(sequence: head.sequence) { backup = nil }
    }
}
