package import CFaultVFS
internal import Foundation

/// A disk in memory that fails or loses power at a chosen change.
///
/// Its directory is real as well, for the file that a ledger locks.
package final class Disk: @unchecked Sendable {
    // The C side has a mutex.
    private let disk: OpaquePointer
    private let directory: URL

    /// The database's file.
    package var path: String { directory.appending(path: "ledger.db").path }

    package init() throws {
        directory = FileManager.default.temporaryDirectory
            .appending(path: "tallystick-faults-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        disk = fault_disk_create(directory.path)
    }

    deinit {
        fault_disk_release(disk)
        try? FileManager.default.removeItem(at: directory)
    }

    /// What of the changes since each file's last sync is left after a crash.
    package enum Survival: CaseIterable, Sendable {
        /// The process was killed.
        case everything
        /// The power went, and with it whatever was not synced.
        case onlySynced
        /// The power went: any sector that was written since may have been kept.
        case some

        fileprivate var value: FaultSurvival {
            switch self {
            case .everything: FAULT_EVERYTHING
            case .onlySynced: FAULT_ONLY_SYNCED
            case .some: FAULT_SOME
            }
        }
    }

    /// What is on a disk at one moment.
    package final class Image: @unchecked Sendable {
        // It never changes.
        fileprivate let image: OpaquePointer

        fileprivate init(_ image: OpaquePointer) { self.image = image }

        deinit { fault_image_release(image) }
    }

    package func image(_ survival: Survival, seed: UInt64 = 0) -> Image {
        Image(fault_disk_image(disk, survival.value, seed))
    }

    /// Starts again with what is in `image`; connections of before are dead.
    package func boot(_ image: Image) { fault_disk_boot(disk, image.image) }

    /// Waits until the last connection is closed.
    ///
    /// A ledger that is shut down may close its readers' a little later; a process that died has
    /// none, and none may be left when the next one begins.
    package func waitUntilClosed() throws(ConnectionIsOpen) {
        guard fault_disk_wait_until_closed(disk, 20) else {
            throw ConnectionIsOpen()
        }
    }
}

/// A connection to a disk is open that should be closed.
package struct ConnectionIsOpen: Error, CustomStringConvertible {
    package var description: String { "a connection is open still" }
}

extension Disk {
    /// What may go wrong, apart from the power.
    package enum Failure: CaseIterable, Sendable {
        case ioError, full

        fileprivate var value: FaultKind {
            switch self {
            case .ioError: FAULT_IO_ERROR
            case .full: FAULT_FULL
            }
        }
    }

    /// Plans that the power goes at the change after `others` more.
    package func crash(after others: Int64, seed: UInt64) {
        fault_disk_plan(disk, changes + others + 1, FAULT_CRASH, false, seed)
    }

    /// Plans that the change after `others` more fails, and no other.
    package func fail(_ failure: Failure, after others: Int64) {
        fault_disk_plan(disk, changes + others + 1, failure.value, false, 0)
    }

    /// Plans that every change fails from now on.
    package func failAlways(_ failure: Failure) {
        fault_disk_plan(disk, changes + 1, failure.value, true, 0)
    }

    package func dropPlan() { fault_disk_drop_plan(disk) }

    /// Writes, truncations, syncs and deletions so far, over all boots.
    package var changes: Int64 { fault_disk_changes(disk) }

    /// How many of them failed.
    package var failures: Int64 { fault_disk_failures(disk) }

    package var isCrashed: Bool { fault_disk_is_crashed(disk) }
}

extension Disk {
    package func beginRecording() { fault_disk_record(disk, true) }

    /// The changes since the recording began, after the first `skip`, in their order.
    package func recorded(after skip: Int = 0) -> [FaultChange] {
        var all: [FaultChange] = []
        var page = [FaultChange](repeating: FaultChange(), count: 1024)
        while true {
            let count = fault_disk_recorded(disk, Int64(skip + all.count), &page, Int64(page.count))
            if count == 0 { return all }
            all += page.prefix(Int(count))
        }
    }
}
