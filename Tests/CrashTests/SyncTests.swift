import Billing
import CFaultVFS
import FaultDisk
import Ledger
import LedgerSQLite
import LedgerScene
import SQLite
import Testing

/// What is answered is on the disk, not on its way there.
///
/// The disk counts what SQLite asks of its VFS. SQLite's own answers each xSync of the WAL by one
/// fdatasync of that file, so counting these in the real process would show no more.
@Suite(.timeLimit(.minutes(5))) struct SyncTests {
    @Test func everyAnswerComesAfterASyncOfTheWAL() async throws {
        let disk = try Disk()
        let scene = try Scene(path: disk.path, limits: LedgerLimits(spillEvery: 50))
        disk.beginRecording()
        var journal = Journal(disk)
        try await scene.apply(Scene.catalog(aggregations: [.count, .unique]))
        journal.expectSynced("catalog")
        try await scene.customer("acme")
        journal.expectSynced("customer")
        _ = try await scene.subscribe("s", "acme")
        journal.expectSynced("subscription")
        for batch in 0..<150 {
            try await scene.send((0..<4).map { try event("e\(batch)-\($0)", value: "\(batch)") })
            journal.expectSynced("batch \(batch)")
        }
        _ = try await scene.close(asOf: instant("2026-02-01T00:00:00Z"))
        journal.expectSynced("close")
        #expect(journal.databaseWrites > 0, "no checkpoint of SQLite's was among them")
        await scene.ledger.shutdown()
    }

    /// Many callers share a group: at each answer the power could go.
    @Test func everyAnswerOutlivesThePower() async throws {
        let disk = try Disk()
        let limits = LedgerLimits(spillEvery: 20)
        let scene = try Scene(path: disk.path, limits: limits)
        try await scene.basics(Scene.catalog())
        let images = try await withThrowingTaskGroup(of: [(UsageEvent, Disk.Image)].self) { group in
            for caller in 0..<8 {
                group.addTask {
                    var images: [(UsageEvent, Disk.Image)] = []
                    for turn in 0..<4 {
                        let event = try event("e\(caller)-\(turn)")
                        try await scene.send([event])
                        images.append((event, disk.image(.onlySynced)))
                    }
                    return images
                }
            }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        await scene.ledger.shutdown()
        try disk.waitUntilClosed()
        for (event, image) in images {
            disk.boot(image)
            let again = try Scene(path: disk.path, limits: limits)
            #expect(try await again.send([event]) == [.duplicate])
            await again.ledger.shutdown()
            try disk.waitUntilClosed()
        }
    }
}

/// Reads what was recorded since it last did.
private struct Journal {
    private let disk: Disk
    private var read = 0
    private(set) var databaseWrites = 0

    init(_ disk: Disk) { self.disk = disk }

    /// The WAL was written, and after its last write it was synced.
    mutating func expectSynced(_ what: String) {
        let changes = disk.recorded(after: read)
        read += changes.count
        databaseWrites += changes.count { $0.file == FAULT_DATABASE && $0.operation == FAULT_WRITE }
        let wal = changes.filter { $0.file == FAULT_WAL }
        guard let write = wal.lastIndex(where: { $0.operation == FAULT_WRITE }) else {
            Issue.record("\(what): the WAL was not written")
            return
        }
        let isSynced = wal[write...].contains { $0.operation == FAULT_SYNC && $0.flags != 0 }
        #expect(isSynced, "\(what): the WAL was not synced after its last write")
    }
}
