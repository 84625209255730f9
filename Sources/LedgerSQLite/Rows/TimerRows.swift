internal import Billing
internal import Ledger
internal import SQLite

extension Database {
    borrowing func timers() throws(SQLiteError) -> [TimerState] {
        try all("SELECT name, schedule, nextFireAt FROM timer ORDER BY name") { _ in
        } _: { row in
            TimerState(
                name: row.string(0), schedule: row.string(1),
                nextFireAt: Instant(microseconds: row.integer(2)))
        }
    }

    borrowing func save(_ timer: TimerState) throws(SQLiteError) {
        try run(
            """
            INSERT INTO timer (name, schedule, nextFireAt) VALUES (?1, ?2, ?3)
            ON CONFLICT DO UPDATE SET schedule = ?2, nextFireAt = ?3
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, text: timer.name)
            try row.bind(2, text: timer.schedule)
            try row.bind(3, timer.nextFireAt.microseconds)
        }
    }
}
