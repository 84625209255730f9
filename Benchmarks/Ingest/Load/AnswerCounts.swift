/// The counts that lead an answer of `ingestEvent`.
struct AnswerCounts: Equatable, CustomStringConvertible {
    var accepted = 0
    var duplicates = 0
    var conflicts = 0
    var rejected = 0
    var unbilled = 0

    init(accepted: Int = 0, duplicates: Int = 0, conflicts: Int = 0) {
        self.accepted = accepted
        self.duplicates = duplicates
        self.conflicts = conflicts
    }

    /// Reads `{"accepted":N,"duplicates":N,"conflicts":N,"rejected":N,"unbilled":N,` and no further.
    init(_ body: ArraySlice<UInt8>) throws {
        let members: [WritableKeyPath<AnswerCounts, Int>] = [
            \.accepted, \.duplicates, \.conflicts, \.rejected, \.unbilled,
        ]
        var rest = body
        for member in members {
            rest = rest.drop { $0 != UInt8(ascii: ":") }.dropFirst()
            let digits = rest.prefix { $0 != UInt8(ascii: ",") }
            guard let count = Int(String(decoding: digits, as: UTF8.self)) else {
                throw LoadFailure(
                    "no counts: \(String(decoding: body.prefix(200), as: UTF8.self))")
            }
            self[keyPath: member] = count
        }
    }

    static func += (sum: inout AnswerCounts, other: AnswerCounts) {
        sum.accepted += other.accepted
        sum.duplicates += other.duplicates
        sum.conflicts += other.conflicts
        sum.rejected += other.rejected
        sum.unbilled += other.unbilled
    }

    var description: String {
        "\(accepted) accepted, \(duplicates) duplicates, \(conflicts) conflicts, "
            + "\(rejected) rejected, \(unbilled) unbilled"
    }
}
