import Foundation

/// How a file writes its events.
enum ImportFormat: String, CaseIterable, Sendable {
    case ndjson, csv

    /// By the end of the file's name; nil where that says nothing.
    init?(path: String) {
        switch path.lowercased() {
        case let name where name.hasSuffix(".csv"): self = .csv
        case let name where name.hasSuffix(".ndjson") || name.hasSuffix(".jsonl"): self = .ndjson
        default: return nil
        }
    }
}

/// The file that an import reads, or the standard input as `-`.
struct ImportFile {
    let bytes: ByteReader
    /// nil where it is not a regular file.
    let size: Int?

    init(path: String) throws(ImportError) {
        let handle: FileHandle
        if path == "-" {
            handle = .standardInput
            size = nil
        } else {
            do {
                handle = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            } catch {
                throw ImportError("\(path) cannot be read: \(error.localizedDescription)")
            }
            let attributes = try? FileManager.default.attributesOfItem(atPath: path)
            let isRegular = attributes?[.type] as? FileAttributeType == .typeRegular
            size = isRegular ? attributes?[.size] as? Int : nil
        }
        bytes = ByteReader {
            do {
                return try handle.read(upToCount: ImportLimits.chunkBytes).map(Array.init) ?? []
            } catch {
                throw ImportError("\(path) cannot be read: \(error.localizedDescription)")
            }
        }
    }
}
