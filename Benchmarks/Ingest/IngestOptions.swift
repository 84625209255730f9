import ArgumentParser
import Foundation

/// What a run of the ingest suite can be told.
struct IngestOptions: ParsableArguments {
    @Option(
        name: .customLong("scenario"),
        help: "One of \(IngestScenario.allCases.map(\.rawValue)); may be repeated. (default: all)")
    var scenarios: [IngestScenario] = []

    @Option(help: "Events of growth; batches and the like send a tenth, restart a half.")
    var events = 20_000_000

    @Option(help: "Customers, with a subscription each.")
    var customers = 10_000

    @Option(help: "Customers of many-customers.")
    var manyCustomers = 1_000_000

    @Option(help: "Connections that send batches.")
    var connections = 4

    @Option(help: "Events in a request.")
    var batchSize = 1_000

    @Option(help: "Ids of growth and restart: \(EventIds.allCases.map(\.rawValue)).")
    var ids = EventIds.random

    @Option(help: "Seed of all that is random.")
    var seed: UInt64 = 1

    @Option(help: "The server's program. (default: tallystick beside this one)")
    var server: String?

    @Option(help: "Where the run's folder is made: on the disk to measure. (default: .build)")
    var directory: String?

    @Flag(help: "A run of seconds that shows that all works; it misses no target.")
    var quick = false

    mutating func validate() throws {
        if quick {
            events = min(events, 200_000)
            customers = min(customers, 1_000)
            manyCustomers = min(manyCustomers, 3_000)
        }
        guard (1...10_000).contains(batchSize) else {
            throw ValidationError("--batch-size must be 1 to 10000")
        }
        guard (1...1_000).contains(connections) else {
            throw ValidationError("--connections must be 1 to 1000")
        }
        guard (1...9_999_999).contains(customers), (1...9_999_999).contains(manyCustomers) else {
            throw ValidationError("customers must be 1 to 9999999")
        }
        guard events >= 200 * batchSize else {
            throw ValidationError("--events must be 200 batches at least")
        }
    }

    var chosenScenarios: [IngestScenario] {
        scenarios.isEmpty ? IngestScenario.allCases : scenarios
    }

    var serverProgram: String {
        let own = Bundle.main.executableURL?.resolvingSymlinksInPath()
        return server ?? own?.deletingLastPathComponent().appending(path: "tallystick").path
            ?? "tallystick"
    }

    /// How many batches come to at least so many events, and at least one.
    func batches(_ events: Int) -> Int { max(1, (events + batchSize - 1) / batchSize) }
}

extension EventIds: ExpressibleByArgument {}
extension IngestScenario: ExpressibleByArgument {}
