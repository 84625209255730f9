/// How long to wait after one failure more: doubling, up to a bound.
struct Backoff: Sendable {
    private static let first = Duration.seconds(1)
    private static let longest = Duration.seconds(60)

    private var delay = Self.first

    mutating func next() -> Duration {
        defer { delay = min(delay * 2, Self.longest) }
        return delay
    }

    mutating func reset() { delay = Self.first }
}
