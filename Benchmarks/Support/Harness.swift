import CAllocations

/// Takes samples of benchmarks, one after the other on this thread.
struct Harness {
    let samples: Int

    /// A sample lasts about this long: thousands of passes, and short beside a scheduler's slice.
    static let sampleLength = Duration.milliseconds(4)
    static let warmUp = Duration.milliseconds(200)

    private let clock = ContinuousClock()

    /// One sample of each in turn, so that what disturbs the machine disturbs both sides of a
    /// comparison, and the least of a benchmark comes from the whole length of the run.
    func measure(_ benchmarks: [Benchmark]) throws -> [Measurement] {
        var checksum = 0
        let passes = try benchmarks.map { try passesPerSample($0, &checksum) }
        var samplesOf = benchmarks.map { _ in [Double]() }
        for _ in 0..<samples {
            for (index, benchmark) in benchmarks.enumerated() {
                let length = try time(benchmark, passes: passes[index], &checksum)
                let operations = passes[index] * benchmark.operations
                samplesOf[index].append(length / Double(operations))
            }
        }
        var measurements: [Measurement] = []
        for (index, benchmark) in benchmarks.enumerated() {
            let nanoseconds = samplesOf[index].sorted()
            measurements.append(
                Measurement(
                    benchmark: benchmark, samples: samples, passesPerSample: passes[index],
                    medianNanoseconds: nanoseconds[nanoseconds.count / 2],
                    leastNanoseconds: nanoseconds[0],
                    allocationsPerOperation: try allocations(of: benchmark, &checksum),
                    checksum: checksum))
        }
        return measurements
    }

    /// Runs it until code, caches and the processor's clock are warm, and learns how fast it is.
    private func passesPerSample(_ benchmark: Benchmark, _ checksum: inout Int) throws -> Int {
        let start = clock.now
        var passes = 0
        var batch = 1
        while clock.now - start < Self.warmUp {
            checksum &+= try benchmark.run(passes: batch)
            passes += batch
            batch *= 2
        }
        let share = Self.sampleLength.nanoseconds / (clock.now - start).nanoseconds
        return max(1, Int(Double(passes) * share))
    }

    private func time(
        _ benchmark: Benchmark, passes: Int, _ checksum: inout Int
    ) throws -> Double {
        let start = clock.now
        checksum &+= try benchmark.run(passes: passes)
        return (clock.now - start).nanoseconds
    }

    private func allocations(of benchmark: Benchmark, _ checksum: inout Int) throws -> Double? {
        guard allocations_are_counted() else { return nil }
        let before = allocations_of_all_threads()
        checksum &+= try benchmark.run(passes: 10)
        let count = allocations_of_all_threads() - before
        return Double(count) / Double(10 * benchmark.operations)
    }
}

/// What the samples of one benchmark came to.
struct Measurement {
    let benchmark: Benchmark
    let samples: Int
    let passesPerSample: Int
    /// Of one operation, as the least.
    let medianNanoseconds: Double
    let leastNanoseconds: Double
    /// Nil where allocations cannot be counted.
    let allocationsPerOperation: Double?
    let checksum: Int

    /// What it has to hold to and does not, whatever else the machine does.
    var faults: [String] {
        var faults: [String] = []
        if let target = benchmark.targetNanoseconds, leastNanoseconds > target {
            faults.append("slower than its target")
        }
        if let limit = benchmark.allocationLimit, let allocationsPerOperation,
            allocationsPerOperation > limit
        {
            faults.append(limit == 0 ? "allocates" : "allocates too often")
        }
        return faults
    }

    /// Other work took its time from more than half of the samples; see the load.
    var isDisturbed: Bool {
        guard let target = benchmark.targetNanoseconds else { return false }
        return leastNanoseconds <= target && medianNanoseconds > target
    }
}

extension Duration {
    var nanoseconds: Double {
        Double(components.seconds) * 1e9 + Double(components.attoseconds) / 1e9
    }
}
