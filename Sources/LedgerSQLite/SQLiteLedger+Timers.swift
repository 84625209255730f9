package import Ledger

extension SQLiteLedger {
    package func timers() async throws(LedgerError) -> [TimerState] {
        try await readers.perform { try $0.timers() }
    }

    package func save(_ timers: [TimerState]) async throws(LedgerError) {
        try await writer.perform { state in
            for timer in timers { try state.database.save(timer) }
        }
    }
}
