/// Every bound of an audit.
package enum AuditLimits {
    /// Records in one page, and so in one read transaction: a few milliseconds.
    static let pageRecords: Int64 = 2_000
    /// Differences that a report lists; all are counted.
    static let differences = 100
    /// Sequences of a customer that are read from the index at once.
    static let indexPage = 50_000
    /// Records that another customer's or none's may stand between two that are read as one range.
    static let rangeGap: Int64 = 4
    /// Parts that the keys of events are looked through in, one in memory at a time.
    static let keyParts = 64
    /// Keys of a part in memory before they go to a file: 64 MiB in all.
    static let keysInMemory = 1 << 15
}
