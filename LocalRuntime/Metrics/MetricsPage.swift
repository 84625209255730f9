import Ledger

/// What `GET /metrics` answers: Prometheus' text format, version 0.0.4.
struct MetricsPage {
    static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private(set) var text = ""

    private enum Kind: String { case counter, gauge }

    init(_ store: StoreStatistics, processBytes: Int) {
        events(store)
        memory(store.memory, processBytes: processBytes)
        add("log_sequence", .gauge, "The log's last record.", store.sequence)
        add("groups_total", .counter, "Transactions committed.", store.groups)
        add("waiting_calls", .gauge, "Calls that wait for the writer.", store.waitingCalls)
        add(
            "resident_customers", .gauge, "Customers with rows in memory.",
            store.residentCustomers)
        add("file_bytes", .gauge, "Bytes of the ledger's file.", store.fileBytes)
        add("wal_bytes", .gauge, "Bytes of its write-ahead log.", store.walBytes)
        disabledEndpoints(store)
        add(
            "oldest_reader_milliseconds", .gauge,
            "For how long the oldest read has been under way; 0 where none is.",
            store.oldestReaderMilliseconds)
    }

    private mutating func events(_ store: StoreStatistics) {
        head("events_total", .counter, "Events answered since the start, by outcome.")
        for (outcome, count) in [
            ("accepted", store.acceptedEvents), ("duplicate", store.duplicateEvents),
            ("conflict", store.conflictingEvents), ("rejected", store.rejectedEvents),
        ] { line("events_total", "{outcome=\"\(outcome)\"}", count) }
    }

    private mutating func memory(_ memory: StoreMemory, processBytes: Int) {
        head("memory_bytes", .gauge, "Bytes that the ledger takes, by what they are for.")
        for (part, bytes) in [
            ("keys", memory.keys), ("values", memory.values),
            ("customer_index", memory.customerIndex), ("rows", memory.rows),
            ("page_cache", memory.pageCache),
        ] { line("memory_bytes", "{part=\"\(part)\"}", bytes) }
        add("memory_budget_bytes", .gauge, "What the ledger may take: --memory.", memory.budget)
        add("process_resident_bytes", .gauge, "Resident memory of the process.", processBytes)
    }

    private mutating func disabledEndpoints(_ store: StoreStatistics) {
        let name = "webhook_endpoints_disabled"
        head(name, .gauge, "Webhook endpoints that are disabled without anybody asking, by reason.")
        line(name, "{reason=\"failing\"}", store.failingEndpoints)
        line(name, "{reason=\"gone\"}", store.goneEndpoints)
    }

    private mutating func add(
        _ name: String, _ kind: Kind, _ help: String, _ value: some BinaryInteger
    ) {
        head(name, kind, help)
        line(name, "", value)
    }

    private mutating func head(_ name: String, _ kind: Kind, _ help: String) {
        text += "# HELP tallystick_\(name) \(help)\n# TYPE tallystick_\(name) \(kind.rawValue)\n"
    }

    private mutating func line(_ name: String, _ labels: String, _ value: some BinaryInteger) {
        text += "tallystick_\(name)\(labels) \(value)\n"
    }
}
