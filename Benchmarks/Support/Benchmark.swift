/// One thing that is measured, and what it has to hold to.
struct Benchmark {
    let suite: Suite
    let name: String
    /// Operations in one pass.
    let operations: Int
    /// The most that one operation may take; nil where the figure is for comparison.
    let targetNanoseconds: Double?
    /// The name of what it is compared with, in the same suite.
    let baseline: String?
    /// The most blocks of memory that one operation may ask for; nil where it may allocate.
    let allocationLimit: Double?
    private let pass: () throws -> Int

    /// - Parameter pass: does all operations once and returns a sum over their results, so that no
    ///   optimiser can leave the work out.
    init(
        _ suite: Suite, _ name: String, operations: Int, targetNanoseconds: Double? = nil,
        baseline: String? = nil, allocationLimit: Double? = nil,
        pass: @escaping () throws -> Int
    ) {
        self.suite = suite
        self.name = name
        self.operations = operations
        self.targetNanoseconds = targetNanoseconds
        self.baseline = baseline
        self.allocationLimit = allocationLimit
        self.pass = pass
    }

    @inline(never)
    func run(passes: Int) throws -> Int {
        var sum = 0
        for _ in 0..<passes { sum &+= try pass() }
        return sum
    }
}

/// What can be chosen on the command line.
enum Suite: String, CaseIterable {
    case pricing, metering, ledger, ingest

    /// What is measured by calling it over and over; nothing of `ingest`.
    func benchmarks() throws -> [Benchmark] {
        switch self {
        case .pricing: try PricingBenchmarks.all()
        case .metering: try MeteringBenchmarks.all()
        case .ledger: try LedgerBenchmarks.all()
        case .ingest: []
        }
    }
}
