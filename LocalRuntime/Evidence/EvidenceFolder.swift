import Audit
import Foundation
import FunctionKit
import Synchronization

/// A new folder that an invoice's evidence is written to, with the script that verifies it.
final class EvidenceFolder: Sendable {
    private let url: URL
    private let files = Mutex<[String: FileHandle]>([:])

    /// - Throws: `Problem` where something is there already.
    init(_ path: String) throws {
        url = URL(fileURLWithPath: path)
        if FileManager.default.fileExists(atPath: url.path) {
            throw Problem(.conflict, "\(url.path) is there already; name a new folder")
        }
    }

    var path: String { url.path }

    /// Adds bytes to a file; the first call creates the folder.
    func append(_ bytes: [UInt8], to name: String) throws {
        try files.withLock { files in
            if files.isEmpty { try create(&files) }
            let file = try files[name] ?? handle(name)
            files[name] = file
            try file.write(contentsOf: Data(bytes))
        }
    }

    /// - Throws: `Problem` where there can be no such folder.
    private func create(_ files: inout [String: FileHandle]) throws {
        do {
            try FileManager.default.createDirectory(at: url, withIntermediateDirectories: true)
        } catch {
            throw Problem(
                .unprocessable,
                "\(url.path) cannot be made; name a folder in one that may be written to")
        }
        try Data(PackageResources.verify_py).write(to: url.appendingPathComponent("verify.py"))
        for file in InvoiceEvidence.File.allCases {
            files[file.rawValue] = try handle(file.rawValue)
        }
    }

    private func handle(_ name: String) throws -> FileHandle {
        let file = url.appendingPathComponent(name)
        try Data().write(to: file)
        return try FileHandle(forWritingTo: file)
    }
}
