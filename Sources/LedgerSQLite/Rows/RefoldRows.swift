internal import SQLite

extension Database {
    /// Whether a subscription's open periods are being folded anew.
    borrowing func isRefolding(_ subscription: Int64) throws(SQLiteError) -> Bool {
        try first("SELECT 1 FROM refold WHERE subscription = ? AND doneAt IS NULL") {
            row throws(SQLiteError) in
            try row.bind(1, subscription)
        } _: { _ in
            true
        } ?? false
    }

    /// The first subscription that is being folded anew.
    borrowing func firstRefold() throws(SQLiteError) -> Int64? {
        try first("SELECT subscription FROM refold WHERE doneAt IS NULL LIMIT 1") { _ in
        } _: {
            $0.integer(0)
        }
    }

    /// Puts down that a subscription is to be folded anew, in the transaction under way.
    borrowing func insertRefold(_ subscription: Int64) throws(SQLiteError) {
        try run(
            """
            INSERT INTO refold (subscription) VALUES (?)
            ON CONFLICT DO UPDATE SET doneAt = NULL
            """
        ) { row throws(SQLiteError) in try row.bind(1, subscription) }
    }

    borrowing func setGeneration(
        _ generation: Int64, of subscription: Int64
    ) throws(SQLiteError) {
        try run("UPDATE subscription SET generation = ? WHERE number = ?") {
            row throws(SQLiteError) in
            try row.bind(1, generation)
            try row.bind(2, subscription)
        }
    }

    borrowing func finishRefold(
        _ subscription: Int64, at sequence: Int64
    ) throws(SQLiteError) {
        try run("UPDATE refold SET doneAt = ? WHERE subscription = ?") {
            row throws(SQLiteError) in
            try row.bind(1, sequence)
            try row.bind(2, subscription)
        }
    }

    /// Forgets what was folded anew and counted no values.
    borrowing func forgetRefold(_ subscription: Int64) throws(SQLiteError) {
        try run("DELETE FROM refold WHERE subscription = ?") { row throws(SQLiteError) in
            try row.bind(1, subscription)
        }
    }

    /// Forgets what was done before the record `sequence`: the values that it counted are in runs.
    borrowing func forgetRefolds(doneBefore sequence: Int64) throws(SQLiteError) {
        try run("DELETE FROM refold WHERE doneAt < ?") { row throws(SQLiteError) in
            try row.bind(1, sequence)
        }
    }

    /// Begins anew what was done at the record `sequence` or later: values that it counted were in memory only.
    borrowing func repeatRefolds(doneFrom sequence: Int64) throws(SQLiteError) {
        try run("UPDATE refold SET doneAt = NULL WHERE doneAt >= ?") { row throws(SQLiteError) in
            try row.bind(1, sequence)
        }
    }
}

extension Database {
    /// The record that took an event out of billing; nil where none did.
    borrowing func void(of event: Int64) throws(SQLiteError) -> Int64? {
        try first("SELECT sequence FROM void WHERE event = ?") { row throws(SQLiteError) in
            try row.bind(1, event)
        } _: {
            $0.integer(0)
        }
    }

    borrowing func insertVoid(of event: Int64, _ sequence: Int64) throws(SQLiteError) {
        try run("INSERT INTO void (event, sequence) VALUES (?, ?)") { row throws(SQLiteError) in
            try row.bind(1, event)
            try row.bind(2, sequence)
        }
    }

    /// The event that a void's record took out of billing.
    borrowing func voided(by sequence: Int64) throws(SQLiteError) -> Int64? {
        try first("SELECT event FROM void WHERE sequence = ?") { row throws(SQLiteError) in
            try row.bind(1, sequence)
        } _: {
            $0.integer(0)
        }
    }
}
