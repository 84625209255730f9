import Billing
import FaultDisk
import Ledger
import LedgerSQLite
import LedgerScene

extension Run {
    /// Everything that the ledger answers beside what the model has.
    func compare(on scene: Scene) async throws {
        for customer in model.customers.values {
            for subscription in customer.subscriptions {
                try await compare(subscription, on: scene)
            }
        }
        try await compareCloses(on: scene)
    }

    /// Whatever was answered as accepted is there.
    mutating func expectKnown(share percent: Int, on scene: Scene) async throws {
        for customer in model.customers.values {
            try await expectKnown(customer, share: percent, on: scene)
        }
    }

    private func compare(_ subscription: ModelSubscription, on scene: Scene) async throws {
        for month in subscription.months {
            let start = max(Month.starts[month], subscription.startsAt)
            let usage = try await scene.usage(at: start, of: subscription.id)
            try expect(usage.span.end, equals: Month.end(month), "\(subscription.id)'s period")
            let found = usage.accumulators.map { Tally($0) }
            for (charge, (found, expected)) in zip(
                ModelCharge.allCases, zip(found, subscription.tallies(in: month)))
            {
                try expect(
                    found, equals: expected, "\(subscription.id) from \(start), \(charge)")
            }
            try expect(found.count, equals: ModelCharge.allCases.count, "charges")
        }
    }

    /// Sent again, an event is a duplicate; with another payload a conflict.
    private mutating func expectKnown(
        _ customer: ModelCustomer, share percent: Int, on scene: Scene
    ) async throws {
        let events = customer.log.filter { _ in draw(percent) }
        guard !events.isEmpty else { return }
        let same = try await scene.send(events.map(\.event))
        try expect(
            same, equals: events.map { _ in .duplicate }, "\(customer.id)'s events sent again")
        let contradicted = try events.filter { _ in draw(30) }.map { try $0.contradicted().event }
        let others = try await scene.send(contradicted)
        try expect(
            others, equals: contradicted.map { _ in .conflict },
            "\(customer.id)'s events sent with another content")
    }

    /// On the readers' connections: closes, their invoices' numbers, and what is frozen.
    private func compareCloses(on scene: Scene) async throws {
        let closed = try await scene.ledger.periodsToInvoice(after: 0, limit: 1_000)
        let periods = closed.map { period in
            Model.Closed(
                subscription: period.subscription.id.string, start: period.span.start,
                end: period.span.end)
        }
        try expect(periods, equals: model.closed, "closed periods")
        try expect(
            closed.map(\.close.invoiceNumber), equals: (0..<closed.count).map { Int64($0 + 1) },
            "numbers of invoices")
        let subscriptions = model.customers.values.flatMap(\.subscriptions)
        for period in closed {
            let id = period.subscription.id.string
            let tallies = subscriptions.first { $0.id == id }?
                .billed(in: Month.containing(period.span.start))
            try expect(
                period.accumulators.map { Tally($0) }, equals: tallies ?? [],
                "\(id) from \(period.span.start), closed")
        }
        // Late events that no webhook has told of are due before any close.
        let due = subscriptions.map { Month.end($0.firstOpen) }.min()
        let found = try await scene.ledger.nextDue()
        try expect(
            min(found ?? .latest, due ?? .latest), equals: found ?? .latest, "what is due next")
    }

    /// The end of a run: everything again, on what is durable, then the files themselves.
    mutating func finish() async throws {
        // Whatever failed before: what was answered outlives the power.
        let durable = disk.image(.onlySynced)
        try await shutDown()
        disk.boot(durable)
        let scene = try await scene()
        try await expectKnown(share: 100, on: scene)
        try await compare(on: scene)
        try await shutDown()
        let log = try LogAudit.examine(disk.path)
        let expected = model.customers.mapValues { $0.log.map(\.payload) }
        try expect(log, equals: expected.filter { !$0.value.isEmpty }, "events in the log")
        let rebuilt = disk.path + ".rebuilt"
        _ = try RebuiltLedger.derive(disk.path, into: rebuilt, limits: limits)
        try expect(
            try StoredRows.differences(disk.path, rebuilt), equals: [], "the ledger and its rebuild"
        )
    }
}
