/// A copy of the ledger that was made while it was in use.
package struct BackupOutcome: Sendable, Equatable {
    package let file: String
    /// Pages of the store.
    package let pages: Int
    /// The last record in it.
    package let sequence: Int64

    package init(file: String, pages: Int, sequence: Int64) {
        self.file = file
        self.pages = pages
        self.sequence = sequence
    }
}

/// What a store has done since it was opened, and what it takes.
package struct StoreStatistics: Sendable, Equatable {
    /// The log's last record.
    package var sequence: Int64 = 0
    /// Transactions committed.
    package var groups = 0
    package var acceptedEvents = 0
    package var duplicateEvents = 0
    package var conflictingEvents = 0
    package var rejectedEvents = 0
    /// Calls that wait for the writer.
    package var waitingCalls = 0
    /// Bytes of memory by what they are for.
    package var memory = StoreMemory()
    /// Customers with rows in memory.
    package var residentCustomers = 0
    package var fileBytes = 0
    package var walBytes = 0
    /// Webhook endpoints that answered 410 and are disabled since.
    package var goneEndpoints = 0
    /// Webhook endpoints that are disabled because they failed for too long.
    package var failingEndpoints = 0
    /// How long the oldest read transaction has been open; 0 where none is.
    package var oldestReaderMilliseconds = 0

    package init() {}
}

/// Bytes of memory that the store takes, as it reckons them itself.
package struct StoreMemory: Sendable, Equatable {
    /// What it may take.
    package var budget = 0
    /// Idempotency keys: the newest ones, and filters over all.
    package var keys = 0
    /// Values of `unique` meters.
    package var values = 0
    /// The way from a customer to its records.
    package var customerIndex = 0
    /// Customers, subscriptions, periods and their accumulators.
    package var rows = 0
    /// Pages of the file.
    package var pageCache = 0

    package init() {}
}
