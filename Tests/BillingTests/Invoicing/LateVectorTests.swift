import Billing
import JSON
import Testing

/// What successive runs bill of late usage in other billing systems, wherever this one's rules
/// agree.
struct LateVectorTests {
    static let file = try? LateVectorFile()

    @Test func everyVectorIsAdoptedOrLeftOutForAReason() throws {
        let file = try #require(Self.file)
        let ids = file.adopted.map(\.id) + file.leftOut.map(\.id)
        #expect(Set(ids).count == ids.count)
        #expect(ids.count == file.total)
        #expect(!file.adopted.isEmpty)
        for row in file.leftOut { #expect(try !row.node.text("reason").isEmpty, "\(row.id)") }
    }

    /// Each run invoices the periods that it sees first, and corrects those that it saw before.
    @Test(arguments: file?.adopted ?? [])
    func agrees(_ vector: LateVector) throws {
        let draft = InvoiceDraft(charges: [InvoiceDraft.usage("a", try vector.price)])
        var periods: [BilledPeriod] = []
        var lastRun: [[InvoiceLine]] = []
        for (run, total) in zip(try vector.runs, try vector.expected("runTotals")) {
            lastRun = []
            for (index, quantity) in run.enumerated() {
                if index == periods.count { periods.append(try BilledPeriod(draft)) }
                lastRun.append(try periods[index].bill(quantity.description))
            }
            #expect(try Array(lastRun.joined()).total == decimal(total.string))
        }
        #expect(try vector.runs.count == vector.expected("runTotals").count)
        try checkLines(lastRun, vector)
    }

    /// The last run's lines, where the source has them: the period, and what is due on it.
    private func checkLines(_ lastRun: [[InvoiceLine]], _ vector: LateVector) throws {
        let expected = try vector.expected("lastRunLines")
        guard !expected.isEmpty else { return }
        #expect(lastRun.joined().count == expected.count)
        for row in expected {
            let period = try #require(Int(row.text("period")))
            let line = try #require(lastRun[period - 1].first)
            #expect(try line.amount == decimal(row.text("amount")))
            let quantity = try #require(line.quantity)
            #expect(try quantity ~= Fraction(decimal(row.text("quantity"))))
            #expect((line.corrects != nil) == (row.member("corrects") != nil))
        }
    }
}

/// The golden file: what is adopted, and what is not.
struct LateVectorFile: Sendable {
    let total: Int
    let adopted: [LateVector]
    let leftOut: [LateVector]

    init() throws {
        let root = try JSONText.fixture("late-vectors.json")
        total = try #require(Int(root.text("total")))
        adopted = try Self.rows(root, "adopted")
        leftOut = try Self.rows(root, "leftOut")
    }

    private static func rows(_ root: JSONNode, _ member: String) throws -> [LateVector] {
        try #require(root.member(member)).children.map {
            LateVector(id: try $0.text("id"), node: $0)
        }
    }
}

/// A row of the golden file.
struct LateVector: Sendable, CustomTestStringConvertible {
    let id: String
    let node: JSONNode

    var testDescription: String { id }

    /// Its price, in the contract's JSON.
    var price: String {
        get throws {
            var writer = JSONWriter()
            try writer.canonical(try #require(node.member("price")))
            return String(decoding: writer.bytes, as: UTF8.self)
        }
    }

    /// What each run sees of each period, from the quantities since the first period's start.
    var runs: [[ExactDecimal]] {
        get throws {
            try #require(node.member("cumulativeSnapshots")).children.map { snapshot in
                var before = ExactDecimal.zero
                return try snapshot.children.map { text in
                    let sum = try decimal(text.string)
                    defer { before = sum }
                    return try sum - before
                }
            }
        }
    }

    func expected(_ member: String) throws -> [JSONNode] {
        let expected = try #require(node.member("expected"))
        return expected.member(member).map { Array($0.children) } ?? []
    }
}
