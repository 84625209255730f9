import Audit
import Billing
import JSON
import Ledger
import TestRandom

extension Simulation {
    /// Customers and subscriptions that come, most of them early in the year.
    mutating func join(_ step: Int) async throws {
        for _ in 0..<random.int(0...2) where world.subscriptions.count < World.customerCount {
            let customer = World.customer(world.subscriptions.count)
            try await upsert(customer)
            world.subscriptions[customer] = []
            // A customer may have two subscriptions, one now and one later.
            for _ in 0..<random.element([0, 1, 1, 1, 2]) { try await subscribe(customer) }
        }
        guard random.chance(12) else { return }
        let count = world.subscriptions.count
        guard count > 0 else { return }
        let customer = World.customer(random.int(0...count - 1))
        if (world.subscriptions[customer] ?? []).count < 2 { try await subscribe(customer) }
    }

    /// Creates a customer, or changes its zone or name.
    mutating func upsert(_ id: String) async throws {
        tick()
        let name = random.chance(50) ? ",\"name\":\"Customer \(random.int(1...999))\"" : ""
        let metadata = random.chance(20) ? ",\"metadata\":{\"since\":\(random.int(1...99))}" : ""
        let zone = random.element(World.zones)
        let customer = try read(
            "{\"id\":\"\(id)\",\"timezone\":\"\(zone)\"\(name)\(metadata)}", Customer.init)
        let now = now
        _ = try await call { ledger, _ in try await ledger.upsert(customer, at: now) }
    }

    private mutating func subscribe(_ customer: String) async throws {
        tick()
        let number = world.subscriptions[customer]?.count ?? 0
        let id = "s\(number)-\(customer)"
        let days = random.element([-random.int(1...60), 0, 0, random.int(1...30)])
        let startsAt = now + .seconds(days * 86_400 + random.int(-40_000...40_000))
        let endsAt =
            random.chance(25) ? startsAt + .seconds(random.int(5...200) * 86_400 + 4321) : nil
        let subscription = NewSubscription(
            id: identifier(id), customerId: identifier(customer),
            plan: random.element(terms.plans), startsAt: startsAt, endsAt: endsAt)
        let now = now
        _ = try await call { ledger, _ in try await ledger.create(subscription, at: now) }
        world.subscriptions[customer, default: []].append(id)
    }

    /// Changes of what is agreed: the catalog, a customer's zone.
    mutating func changeTerms() async throws {
        if random.chance(2) {
            tick()
            try await applyCatalog(Terms.change(random.element(terms.plans), &random))
        }
        let count = world.subscriptions.count
        if random.chance(6), count > 0 {
            try await upsert(World.customer(random.int(0...count - 1)))
        }
    }

    mutating func applyCatalog(_ text: String) async throws {
        let catalog = try read(text) { value -> Catalog? in
            guard var reader = value.object() else { return nil }
            return Catalog(&reader)
        }
        let now = now
        _ = try await call { ledger, _ in
            try await ledger.apply(catalog, dryRun: false, at: now)
        }
    }
}

/// Reads a value that the simulation wrote.
private func read<Value>(_ json: String, _ make: (FieldValue) -> Value?) throws -> Value {
    let issues = FieldIssues()
    let value = make(FieldValue(try JSONDocument.parse(Array(json.utf8)).root, issues: issues))
    try issues.throwIfAny()
    guard let value else { throw Difference("unreadable: \(json)") }
    return value
}
