/// SplitMix64: the same seed gives the same numbers everywhere.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var bits = state
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    mutating func number(in range: ClosedRange<Int>) -> Int { Int.random(in: range, using: &self) }

    /// A number of which small ones are more likely, as of users, amounts and durations.
    mutating func skewed(in range: ClosedRange<Int>) -> Int {
        min(number(in: range), number(in: range), number(in: range))
    }

    /// True so many times out of a thousand.
    mutating func happens(perThousand: Int) -> Bool { number(in: 1...1_000) <= perThousand }
}
