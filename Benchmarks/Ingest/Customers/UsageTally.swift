import Billing
import JSON

/// What the first customers have used, counted apart from the server.
struct UsageTally: Sendable {
    /// How many customers are counted.
    static let customers = 16

    private var counts = [Int](repeating: 0, count: customers)
    private var thousandths = [Int](repeating: 0, count: customers)
    /// A bit for every user.
    private var users = [UInt64](repeating: 0, count: customers)

    mutating func add(_ customer: Int, units: Int, user: Int) {
        counts[customer] += 1
        thousandths[customer] += units
        users[customer] |= 1 << UInt64(user)
    }

    mutating func add(_ other: UsageTally) {
        for customer in counts.indices {
            counts[customer] += other.counts[customer]
            thousandths[customer] += other.thousandths[customer]
            users[customer] |= other.users[customer]
        }
    }

    /// Compares with what the server says of each counted customer.
    ///
    /// - Throws: `Disagreement` with the first difference, or where the load was not spread over the
    ///   customers.
    func verify(_ server: Server, customers: Int) throws {
        let all = counts.reduce(0, +)
        if customers >= Self.customers, all > 100, let most = counts.max(), most > all / 2 {
            throw Disagreement(what: "one customer has \(most) of \(all) counted events")
        }
        for customer in 0..<min(customers, Self.customers) {
            let id = EventForm.customerId(customer)
            let answer = try server.call("queryUsage", #"{"subscriptionId":"\#(id)"}"#)
            let expected = [
                ThreeMeters.count: "\(counts[customer])",
                ThreeMeters.sum: ExactDecimal(
                    mantissa: Int128(thousandths[customer]), scale: 3
                ).description,
                ThreeMeters.unique: "\(users[customer].nonzeroBitCount)",
            ]
            let found = try Self.quantities(answer)
            guard found == expected else {
                throw Disagreement(what: "\(id): sent \(expected), queryUsage says \(found)")
            }
        }
    }

    static func quantities(_ answer: [UInt8]) throws -> [String: String] {
        guard let usage = try JSONDocument.parse(answer).root.member("usage") else { return [:] }
        var quantities: [String: String] = [:]
        for row in usage.children {
            guard let meter = row.member("meter"), let quantity = row.member("quantity")
            else { continue }
            quantities[meter.string] = quantity.string
        }
        return quantities
    }
}
