/// Allows so many requests a second, and a second's worth of them at once.
struct TokenBucket: Sendable {
    let perSecond: Int
    /// In millionths of a request.
    private var level: Int
    private var filledAt: Int64

    private static let request = 1_000_000

    /// Begins full.
    init(perSecond: Int, now: Int64) {
        self.perSecond = perSecond
        level = perSecond * Self.request
        filledAt = now
    }

    /// - Parameter now: in microseconds, of a clock that never goes back.
    /// - Returns: whether one more request is allowed.
    mutating func take(now: Int64) -> Bool {
        // A second fills it; more would only overflow.
        let elapsed = min(max(0, now - filledAt), Int64(Self.request))
        level = min(perSecond * Self.request, level + Int(elapsed) * perSecond)
        filledAt = max(filledAt, now)
        guard level >= Self.request else { return false }
        level -= Self.request
        return true
    }
}
