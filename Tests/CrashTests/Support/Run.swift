import Billing
import FaultDisk
import Ledger
import LedgerSQLite
import LedgerScene
import SQLite
import TestRandom

/// Does a script's steps on a ledger on a disk that fails, beside a model.
struct Run {
    let disk: Disk
    let limits: LedgerLimits
    private let trouble: Trouble
    private var random: SeededRandom
    var model = Model()
    private var open: Scene?
    /// Times that the ledger did not answer because of the trouble.
    private(set) var interruptions = 0
    private var failuresSeen: Int64 = 0

    /// - Parameters:
    ///   - image: what the disk begins with; nil begins with no file.
    ///   - seed: of what goes wrong.
    init(
        from image: Disk.Image?, on disk: Disk, limits: LedgerLimits, trouble: Trouble, seed: UInt64
    ) {
        self.disk = disk
        self.limits = limits
        self.trouble = trouble
        random = SeededRandom(seed: seed)
        if let image { disk.boot(image) }
        failuresSeen = disk.failures
        switch trouble {
        case .none, .crashes: break
        case .crash(let change, _): disk.crash(after: change - 1, seed: random.next())
        case .failure(let change, let failure): disk.fail(failure, after: change - 1)
        }
    }

    /// Does all steps, then sends everything again and looks at the files.
    mutating func perform(_ steps: [Step]) async throws {
        do {
            for (index, step) in (steps + [.compare]).enumerated() {
                do { try await perform(step) } catch {
                    throw Disagreement("step \(index) (\(step.name)): \(error)")
                }
            }
            disk.dropPlan()
            // The power may have gone under a thread of the store's own, and nobody have noticed.
            if disk.isCrashed {
                try await recover()
                disk.dropPlan()
            }
            try await finish()
        } catch {
            await open?.ledger.shutdown()
            throw error
        }
    }

    /// The ledger, opened where it is not.
    mutating func scene() async throws -> Scene {
        if let open { return open }
        let scene = try Scene(path: disk.path, limits: limits)
        open = scene
        return scene
    }

    mutating func shutDown() async throws {
        await open?.ledger.shutdown()
        open = nil
        try disk.waitUntilClosed()
    }

    /// Does one step as often as it takes.
    private mutating func perform(_ step: Step) async throws {
        if case .crashes = trouble, random.chance(25) {
            disk.crash(after: Int64(random.int(0...60)), seed: random.next())
        }
        var attempt = Attempt(step)
        // One failure may cost more than one call its answer: a thread of the store's own hears of
        // it first, and then those who wait for that thread.
        var patience = 3
        while true {
            do { return try await make(&attempt) } catch {
                if disk.failures > failuresSeen { patience = 3 } else { patience -= 1 }
                guard error.comesFromTheDisk, disk.failures > 0, patience > 0 else { throw error }
                attempt.isRepeat = true
                try await recover()
            }
        }
    }

    /// After a failure the same ledger goes on; after a crash another one, with what is left.
    private mutating func recover() async throws {
        interruptions += 1
        failuresSeen = disk.failures
        guard disk.isCrashed else { return }
        try await shutDown()
        let image = disk.image(survival(), seed: random.next())
        disk.boot(image)
        if case .crashes = trouble {
            if random.chance(10) {
                try LogAudit.examine(disk.path)
                disk.boot(image)
            }
            // The next one may die while it recovers.
            if random.chance(30) {
                disk.crash(after: Int64(random.int(0...20)), seed: random.next())
            }
        }
    }

    private mutating func survival() -> Disk.Survival {
        if case .crash(_, let survival) = trouble { return survival }
        return Disk.Survival.allCases.randomElement(using: &random) ?? .some
    }

    mutating func draw(_ percent: Int) -> Bool { random.chance(percent) }
}

extension Step {
    fileprivate var name: String {
        switch self {
        case .catalog: "catalog"
        case .send(let batches, _): "send \(batches.map(\.count))"
        case .subscribe(let id, _, _): "subscribe \(id)"
        case .void(let event, _): "void \(event.id) of \(event.customer)"
        case .close(let instant): "close as of \(instant)"
        case .checkpoint: "checkpoint"
        case .restart: "restart"
        case .compare: "compare"
        }
    }
}

extension Error {
    /// What a ledger says when its disk fails.
    fileprivate var comesFromTheDisk: Bool {
        switch self {
        case let error as LedgerError: error.reason == .unavailable
        case is SQLiteLedger.OpeningError, is SQLiteError: true
        default: false
        }
    }
}
