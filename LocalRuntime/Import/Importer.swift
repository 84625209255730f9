/// Sends a file's events in its order, one call after another.
struct Importer<Sink: EventSink> {
    private let sink: Sink
    private var batches: ImportBatchReader

    init(_ rows: any ImportRowReader, to sink: Sink) {
        batches = ImportBatchReader(rows)
        self.sink = sink
    }

    /// Imports to the file's end; the next batch is read while the last is being answered.
    ///
    /// - Parameter report: called after each answer with the tally and the bytes behind it.
    /// - Throws: what the file or the sink throws. Events answered before stay; importing the
    ///   whole file again counts them as duplicates.
    mutating func run(_ report: (ImportTally, Int) -> Void) async throws -> ImportTally {
        var tally = ImportTally()
        var next = try batches.next()
        while let batch = next {
            tally.count(faultsOf: batch)
            if batch.isEmpty {
                next = try batches.next()
            } else {
                let sink = sink
                async let answer = sink.ingest(batch.body)
                next = try batches.next()
                try tally.count(try await answer, to: batch)
            }
            report(tally, batch.bytesRead)
        }
        return tally
    }
}
