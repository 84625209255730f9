/// What the suite measures, in this order.
enum IngestScenario: String, CaseIterable {
    /// Batches with random ids beside a bare append, a unique index and PostgreSQL.
    case batches
    /// Batches with ids that ascend.
    case uuidv7
    /// All that was sent once more; then with another payload.
    case resent
    /// Requests of one event beside requests for nothing.
    case single
    /// How rate, memory and file grow.
    case growth
    /// How long it takes to be ready after `kill -9`.
    case restart
    /// Growth and restart with many more customers.
    case manyCustomers = "many-customers"
    /// Closing, pricing and invoicing all subscriptions, while events come.
    case closing
    /// Running quantities beside DuckDB over the same events, and while events come.
    case usage
    /// The trace of a line over a million events.
    case trace
    /// Webhooks to one receiver beside a bare loop over libcurl.
    case delivery
    /// Webhooks to 900 endpoints, alone and beside 100 that hang.
    case isolation

    func figures(_ run: IngestRun) throws -> [Figure] {
        switch self {
        case .batches: try BatchesScenario(run: run, scenario: self, ids: .random).figures()
        case .uuidv7: try BatchesScenario(run: run, scenario: self, ids: .uuidv7).figures()
        case .resent: try ResentScenario(run: run).figures()
        case .single: try SingleScenario(run: run).figures()
        case .growth:
            try GrowthScenario(run: run, scenario: self, customers: run.options.customers).figures()
        case .restart: try RestartScenario(run: run).figures()
        case .manyCustomers:
            try GrowthScenario(
                run: run, scenario: self, customers: run.options.manyCustomers
            ).figures()
        case .closing: try ClosingScenario(run: run).figures()
        case .usage: try UsageScenario(run: run).figures()
        case .trace: try TraceScenario(run: run).figures()
        case .delivery: try DeliveryScenario(run: run).figures()
        case .isolation: try IsolationScenario(run: run).figures()
        }
    }
}
