import Billing
import JSON
import Testing

/// A plan and what was used of it, as tests write them.
struct InvoiceDraft {
    var currency = "USD"
    var minimum: String?
    var charges: [String] = []
    var share = Fraction.one

    static func usage(_ key: String, _ price: String) -> String {
        """
        {"key":"\(key)","name":"Charge \(key)","type":"usage","meter":"m-\(key)","price":\(price)}
        """
    }

    /// A usage charge of 1 a unit, so that its quantity is its amount.
    static func unit(_ key: String, minimum: String? = nil) -> String {
        let bound = minimum.map { #","minimum":"\#($0)""# } ?? ""
        return usage(key, #"{"model":"perUnit","unitAmount":"1"\#(bound)}"#)
    }

    static func flat(
        _ key: String, _ amount: String, _ timing: String = "arrears", prorate: Bool = false
    ) -> String {
        """
        {"key":"\(key)","name":"Charge \(key)","type":"flat","amount":"\(amount)",
         "timing":"\(timing)","prorate":\(prorate)}
        """
    }

    func plan() throws -> Plan {
        let bound = minimum.map { #","minimum":"\#($0)""# } ?? ""
        let (value, issues) = try JSONText.field(
            """
            {"key":"basic","name":"Basic","currency":"\(currency)",
             "billingPeriod":{"interval":"month"},"charges":[\(charges.joined(separator: ","))]\(bound)}
            """)
        let plan = Plan(value)
        try issues.throwIfAny()
        return try #require(plan)
    }

    /// The lines where each usage charge has this quantity, in the plan's order.
    func lines(_ quantities: String...) throws -> [InvoiceLine] {
        try lines(quantities.map { Fraction(try decimal($0)) })
    }

    func lines(_ quantities: [Fraction]) throws -> [InvoiceLine] {
        try lines(quantities.map { LineUsage(priced: .quantity($0), quantity: $0) })
    }

    func lines(_ usages: [LineUsage]) throws -> [InvoiceLine] {
        try LineAssembly(plan: plan(), share: share).lines(usages)
    }
}

extension [InvoiceLine] {
    /// `a 1.52` for each line.
    var amounts: [String] { map { "\($0.id) \($0.amount.padded)" } }

    var total: ExactDecimal {
        get throws { try reduce(.zero) { try $0 + $1.amount } }
    }
}

func fraction(_ numerator: Int, _ denominator: Int) throws -> Fraction {
    try Fraction(ExactDecimal(numerator), over: ExactDecimal(denominator))
}
