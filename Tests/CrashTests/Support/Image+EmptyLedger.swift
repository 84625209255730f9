import FaultDisk
import LedgerSQLite
import LedgerScene

extension Disk.Image {
    /// A ledger's file with nothing in it but its tables.
    ///
    /// Making that takes as long as many batches do, so most runs begin here.
    static func ofEmptyLedger() async throws -> Disk.Image {
        let disk = try Disk()
        let scene = try Scene(path: disk.path)
        await scene.ledger.shutdown()
        try disk.waitUntilClosed()
        return disk.image(.everything)
    }
}
