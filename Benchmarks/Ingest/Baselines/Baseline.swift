/// What a server is compared with: takes the same events and lets no duplicates in, or does not
/// even look.
protocol Baseline: AnyObject {
    /// Stores the stream's `batches`, each durably before the next.
    ///
    /// - Returns: how long that took, without the making of the events.
    func store(_ batches: Range<Int>, of stream: EventStream) throws -> Duration
}

extension Baseline {
    /// Events a second.
    func rate(_ batches: Range<Int>, of stream: EventStream) throws -> Double {
        let length = try store(batches, of: stream)
        return Double(batches.count * stream.eventsPerBatch) / length.seconds
    }
}
