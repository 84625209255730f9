/// Events as rows of a CSV file whose first row names the columns.
struct CSVEventReader: ImportRowReader {
    private var reader: CSVReader
    private let columns: Int
    private let writer: CSVEventWriter
    private var row = 0

    /// - Throws: `ImportError` where the header cannot be read or does not fit the mapping.
    init(_ bytes: ByteReader, _ mapping: CSVMapping, delimiter: UInt8) throws {
        reader = CSVReader(bytes, delimiter: delimiter)
        switch try reader.next() {
        case .record(let record):
            let header = try CSVHeader(record)
            columns = header.names.count
            writer = try CSVEventWriter(mapping, header: header)
        case .fault(_, let detail): throw ImportError("the header: \(detail)")
        case nil: throw ImportError("the file is empty: its first line must name the columns")
        }
    }

    var bytesRead: Int { reader.bytesRead }

    mutating func next() throws -> ImportRow? {
        switch try reader.next() {
        case .record(let record):
            row += 1
            return ImportRow(line: record.line, content(record))
        case .fault(let line, let detail):
            row += 1
            return ImportRow(line: line, .fault(detail))
        case nil: return nil
        }
    }

    private func content(_ record: CSVRecord) -> ImportRow.Content {
        guard record.count == columns else {
            return .fault("the row has \(record.count) fields, the header \(columns)")
        }
        do throws(ImportError) {
            return .event(try writer.event(record, row: row))
        } catch {
            return .fault(error.description)
        }
    }
}
