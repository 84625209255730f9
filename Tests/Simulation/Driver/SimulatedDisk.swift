import Auditor
import CFaultVFS
import Foundation
import SQLite

/// A disk in memory, of which a crash leaves what was synced and perhaps more.
final class SimulatedDisk: @unchecked Sendable {
    // The C side has a mutex.
    private let disk: OpaquePointer
    private let directory: URL

    var path: String { directory.appending(path: "ledger.db").path }

    init() throws {
        // Real as well, for the file that a ledger locks.
        directory = FileManager.default.temporaryDirectory
            .appending(path: "tallystick-simulation-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        disk = fault_disk_create(directory.path)
    }

    deinit {
        fault_disk_release(disk)
        try? FileManager.default.removeItem(at: directory)
    }

    /// Plans that the power goes after so many more changes.
    func crash(after changes: Int64, seed: UInt64) {
        fault_disk_plan(disk, fault_disk_changes(disk) + changes + 1, FAULT_CRASH, false, seed)
    }

    func dropPlan() { fault_disk_drop_plan(disk) }

    var isCrashed: Bool { fault_disk_is_crashed(disk) }

    /// The disk as a crash leaves it: a process that was killed, or the power.
    func image(seed: UInt64) -> Image {
        let survivals = [FAULT_EVERYTHING, FAULT_ONLY_SYNCED, FAULT_SOME]
        return Image(fault_disk_image(disk, survivals[Int(seed % 3)], seed))
    }

    /// Starts again with an image, once every connection of before is closed.
    func boot(_ image: Image) throws(Disagreement) {
        guard fault_disk_wait_until_closed(disk, 20) else {
            throw Disagreement("a connection is open still")
        }
        fault_disk_boot(disk, image.image)
    }

    /// Copies the database to a file on a real disk.
    func copy(to path: String) throws {
        try? FileManager.default.removeItem(atPath: path)
        try Connection(path: self.path, .readWrite).execute("VACUUM INTO '\(path)'")
    }

    /// What is on the disk at one moment.
    final class Image {
        fileprivate let image: OpaquePointer

        fileprivate init(_ image: OpaquePointer) { self.image = image }

        deinit { fault_image_release(image) }
    }
}
