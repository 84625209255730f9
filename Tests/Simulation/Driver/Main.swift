import ArgumentParser
import Billing
import Foundation

/// Simulated years of billing, each with crashes, and an audit of every invoice.
@main struct Main: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "simulation",
        abstract: "Bills a simulated year for each seed and has the audit recompute every invoice."
    )

    @Option(help: "The seeds: one, or first...last.")
    var seeds = Seeds(range: 1...20)

    @Option(help: "How many seeds run at once.")
    var jobs = ProcessInfo.processInfo.activeProcessorCount

    @Option(help: "A directory for the ledgers that the runs leave, as seed-N.db.")
    var keep: String?

    @Flag(help: "Say what each seed came to.")
    var verbose = false

    func run() async throws {
        let began = ContinuousClock.now
        var total = Outcome()
        var failed = 0
        var waiting = Array(seeds.range)[...]
        await withTaskGroup(of: (UInt64, Result<Outcome, any Error>).self) { group in
            func begin() {
                guard let seed = waiting.popFirst() else { return }
                group.addTask { [keep] in (seed, await Self.outcome(of: seed, keep: keep)) }
            }
            for _ in 0..<max(1, jobs) { begin() }
            for await (seed, result) in group {
                switch result {
                case .success(let outcome):
                    if verbose { print("seed \(seed): \(outcome)") }
                    total.add(outcome)
                case .failure(let error):
                    failed += 1
                    print("seed \(seed): \(error)")
                }
                begin()
            }
        }
        print("\(seeds.range.count - failed) of \(seeds.range.count) seeds agree: \(total)")
        if verbose { print("\(ContinuousClock.now - began)") }
        if failed > 0 { throw ExitCode.failure }
    }

    private static func outcome(of seed: UInt64, keep: String?) async
        -> Result<Outcome, any Error>
    {
        let copy = keep.map { "\($0)/seed-\(seed).db" }
        do { return .success(try await Simulation.run(seed: seed, keep: copy)) } catch {
            return .failure(error)
        }
    }
}

/// Seeds as they are written on the command line: `7` or `1...200`.
struct Seeds: ExpressibleByArgument {
    let range: ClosedRange<UInt64>

    init(range: ClosedRange<UInt64>) { self.range = range }

    init?(argument: String) {
        let parts = argument.split(separator: "...", maxSplits: 1).map { UInt64($0) }
        guard let first = parts.first ?? nil, let last = parts.last ?? nil, first <= last
        else { return nil }
        range = first...last
    }

    var defaultValueDescription: String { "\(range.lowerBound)...\(range.upperBound)" }
}
