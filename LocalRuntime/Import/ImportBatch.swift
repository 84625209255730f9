/// The body of one call of `ingestEvent`, and the lines its events stand on.
struct ImportBatch: Sendable {
    private(set) var lines: [Int] = []
    private var events: [UInt8] = []
    /// Rows between these events that are none: their lines and what is wrong with them.
    private(set) var faults: [(line: Int, detail: String)] = []
    /// Bytes of the file that lie behind once this batch is answered.
    var bytesRead = 0

    private static let opening = Array(#"{"events":["#.utf8)
    private static let closing = Array("]}".utf8)

    init() {}

    var body: [UInt8] { Self.opening + events + Self.closing }

    var isEmpty: Bool { lines.isEmpty }

    func hasRoom(for event: [UInt8]) -> Bool {
        let size = Self.opening.count + events.count + 1 + event.count + Self.closing.count
        return isEmpty
            || (lines.count < ImportLimits.batchEvents && size <= ImportLimits.batchBytes)
    }

    mutating func append(_ event: [UInt8], line: Int) {
        if !isEmpty { events.append(UInt8(ascii: ",")) }
        events.append(contentsOf: event)
        lines.append(line)
    }

    mutating func append(fault detail: String, line: Int) {
        faults.append((line, detail))
    }
}

/// Cuts a file's rows into batches, in the file's order.
///
/// Where the cuts fall depends on the rows alone, so an import that was killed and is repeated
/// sends the same batches.
struct ImportBatchReader {
    private var rows: any ImportRowReader
    /// The row that had no room in the batch before.
    private var held: (event: [UInt8], line: Int)?

    init(_ rows: any ImportRowReader) { self.rows = rows }

    /// - Returns: nil at the file's end; the last batch may hold faults only.
    mutating func next() throws -> ImportBatch? {
        var batch = ImportBatch()
        if let held { batch.append(held.event, line: held.line) }
        held = nil
        while batch.faults.count < ImportLimits.batchEvents, let row = try rows.next() {
            switch row.content {
            case .fault(let detail): batch.append(fault: detail, line: row.line)
            case .event(let event):
                guard batch.hasRoom(for: event) else {
                    held = (event, row.line)
                    batch.bytesRead = rows.bytesRead
                    return batch
                }
                batch.append(event, line: row.line)
            }
        }
        batch.bytesRead = rows.bytesRead
        return batch.isEmpty && batch.faults.isEmpty ? nil : batch
    }
}
