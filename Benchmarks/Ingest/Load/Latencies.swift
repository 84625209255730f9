import Histogram

/// How long requests took, in a histogram of microseconds with three significant digits.
struct Latencies: Sendable {
    private var histogram = Histogram<UInt64>(highestTrackableValue: 600_000_000)

    mutating func record(_ length: Duration) {
        histogram.record(UInt64(max(1, length.nanoseconds / 1_000)))
    }

    mutating func add(_ other: Latencies) { histogram.add(other.histogram) }

    /// In milliseconds, as the others.
    func percentile(_ percent: Double) -> Double {
        Double(histogram.valueAtPercentile(percent)) / 1_000
    }

    var longest: Double { Double(histogram.maxRecorded) / 1_000 }
}
