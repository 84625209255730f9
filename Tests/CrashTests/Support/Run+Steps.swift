import Billing
import FaultDisk
import Ledger
import LedgerSQLite
import LedgerScene
import SQLite

/// A step under way, over all its repetitions.
struct Attempt {
    let step: Step
    /// It was begun before and not answered, so it may have been done.
    var isRepeat = false
    /// Batches that were answered.
    var answered: Set<Int> = []
    /// Periods that are still to be closed; nil before the first pass.
    var due: [Model.Closed]?

    init(_ step: Step) { self.step = step }
}

extension Run {
    mutating func make(_ attempt: inout Attempt) async throws {
        let scene = try await scene()
        switch attempt.step {
        case .catalog: try await scene.apply(ModelCharge.catalog())
        case .send(let batches, let now):
            try await send(batches, at: now, on: scene, &attempt)
        case .subscribe(let id, let customer, let start):
            try await scene.customer(customer)
            _ = try await scene.subscribe(id, customer, from: start)
            try model[customer].subscribe(id, from: start)
        case .void(let event, let now): try await void(event, at: now, on: scene, attempt)
        case .close(let instant):
            try await close(asOf: instant, on: scene, &attempt)
        case .checkpoint:
            let connection = try Connection(path: disk.path, .readWrite)
            try connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
        case .restart:
            try await shutDown()
            _ = try await self.scene()
        case .compare:
            try await compare(on: scene)
            try await expectKnown(share: 25, on: scene)
        }
    }

    private mutating func send(
        _ batches: [[ModelEvent]], at now: Instant, on scene: Scene, _ attempt: inout Attempt
    ) async throws {
        let waiting = batches.indices.filter { !attempt.answered.contains($0) }
        let results = await withTaskGroup(
            of: (Int, Result<[AppendOutcome], any Error>).self
        ) { group in
            for index in waiting {
                group.addTask { [batch = batches[index]] in
                    do {
                        let outcomes = try await scene.send(batch.map(\.event), at: now)
                        return (index, .success(outcomes))
                    } catch { return (index, .failure(error)) }
                }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        var failed: (any Error)?
        for (index, result) in results {
            switch result {
            case .failure(let error): failed = error
            case .success(let outcomes):
                attempt.answered.insert(index)
                try take(outcomes, of: batches[index], attempt)
            }
        }
        if let failed { throw failed }
    }

    /// A batch that was in flight is wholly there or wholly not.
    private mutating func take(
        _ outcomes: [AppendOutcome], of batch: [ModelEvent], _ attempt: Attempt
    ) throws {
        guard let customer = batch.first?.customer else { return }
        let found = outcomes.map { ModelCustomer.Answer($0) }
        let fresh = try model[customer].send(batch)
        if found == fresh { return }
        var after = model[customer]
        let again = try after.send(batch)
        guard attempt.isRepeat, found == again else {
            throw Disagreement(
                "\(customer)'s batch\(attempt.isRepeat ? ", sent again," : "") got \(found), "
                    + "and not \(fresh)" + (attempt.isRepeat ? " or \(again)" : ""))
        }
    }

    private mutating func void(
        _ event: ModelEvent, at now: Instant, on scene: Scene, _ attempt: Attempt
    ) async throws {
        let found: ModelCustomer.VoidAnswer
        do throws(LedgerError) {
            found = try await scene.void(event.event, at: now).isNew ? .done : .repeated
        } catch {
            switch error.reason {
            case .notFound: found = .unknown
            default: throw error
            }
        }
        let expected = try model[event.customer].void(event)
        if found == .repeated, expected == .done, attempt.isRepeat { return }
        try expect(found, equals: expected, "the void of \(event.id) of \(event.customer)")
    }

    /// Closes in as many passes as the ledger takes.
    private mutating func close(
        asOf instant: Instant, on scene: Scene, _ attempt: inout Attempt
    ) async throws {
        var closed = model
        let due = closed.close(asOf: instant)
        var waiting = attempt.due ?? due
        var hasMore = true
        while hasMore {
            let pass = try await scene.close(asOf: instant, limit: 1_000)
            let found = pass.closed.map { entry in
                Model.Closed(
                    subscription: entry.subscriptionId.string, start: entry.period.start,
                    end: entry.period.end)
            }
            hasMore = pass.hasMore
            // A pass that was not answered may have closed some; `compareCloses` sees all.
            if attempt.isRepeat, !found.isEmpty || !hasMore {
                waiting = Array(waiting.drop { $0 != found.first })
            }
            try expect(found, equals: Array(waiting.prefix(found.count)), "closed")
            waiting.removeFirst(found.count)
            attempt.due = waiting
        }
        try expect(waiting, equals: [], "due and not closed")
        model = closed
    }
}
