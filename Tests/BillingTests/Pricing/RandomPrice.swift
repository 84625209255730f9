import Billing
import TestRandom
import Testing

/// Prices drawn at random, as JSON, with their parts at hand for the models that tests reckon with.
struct RandomPrice {
    typealias Term = (name: String, value: String)

    struct Tier {
        var upTo: String?
        var terms: [Term]

        func value(_ name: String) -> BigDecimal {
            terms.first { $0.name == name }.flatMap { BigDecimal($0.value) } ?? .zero
        }
    }

    let kind: PriceModel.Kind
    var tiers: [Tier] = []
    var members: [String] = []

    var json: String {
        var all = [#""model":"\#(kind.rawValue)""#] + members
        if !tiers.isEmpty {
            let texts = tiers.map { tier in
                let upTo = tier.upTo.map { "\"\($0)\"" } ?? "null"
                let terms = tier.terms.map { #","\#($0.name)":"\#($0.value)""# }.joined()
                return #"{"upTo":\#(upTo)\#(terms)}"#
            }
            all.append(#""tiers":[\#(texts.joined(separator: ","))]"#)
        }
        return "{" + all.joined(separator: ",") + "}"
    }

    /// - Parameter withOptions: maximum, minimum, included units and the like, each now and then.
    init(_ kind: PriceModel.Kind, withOptions: Bool = false, _ random: inout SeededRandom) {
        self.kind = kind
        switch kind {
        case .perUnit: addMember("unitAmount", Self.amount(&random))
        case .graduated, .volume:
            addTiers(&random) {
                [("unitAmount", Self.amount(&$0)), ("flatAmount", Self.flat(&$0))]
            }
        case .package:
            addMember("packageSize", Self.size(&random))
            addMember("packageAmount", Self.amount(&random))
            addMember("packageRounding", random.element(["up", "down"]))
        case .graduatedPackage, .volumePackage:
            addTiers(&random) {
                [("packageSize", Self.size(&$0)), ("packageAmount", Self.amount(&$0))]
            }
        case .percentage:
            addMember("rate", Self.amount(&random))
            addMember("fixedFee", Self.flat(&random))
            addMember("freeAmount", Self.size(&random))
            addMember("perTransactionMinimum", "0.3")
            addMember("perTransactionMaximum", "1" + Self.amount(&random))
        case .graduatedPercentage:
            addTiers(&random) { [("rate", Self.amount(&$0)), ("flatAmount", Self.flat(&$0))] }
        case .stairstep: addTiers(&random) { [("flatAmount", Self.flat(&$0))] }
        case .dynamic: addMember("multiplier", Self.amount(&random))
        }
        if withOptions { addOptions(&random) }
    }

    private mutating func addMember(_ name: String, _ value: String) {
        members.append(#""\#(name)":"\#(value)""#)
    }

    private mutating func addTiers(
        _ random: inout SeededRandom, _ terms: (inout SeededRandom) -> [Term]
    ) {
        var bound = BigDecimal.zero
        for _ in 0..<random.int(0...5) {
            let step = BigDecimal(Self.size(&random)) ?? .zero
            bound = bound + step
            tiers.append(Tier(upTo: bound.text, terms: terms(&random)))
        }
        tiers.append(Tier(upTo: nil, terms: terms(&random)))
    }

    private mutating func addOptions(_ random: inout SeededRandom) {
        if random.chance(1, in: 3) { addMember("minimum", "0." + String(random.int(0...999))) }
        if random.chance(1, in: 3) { addMember("maximum", "1" + Self.amount(&random)) }
        if random.chance(1, in: 2) { addMember("zeroUsageFlatFee", "charge") }
        guard kind != .percentage, kind != .dynamic else { return }
        if random.chance(1, in: 3) { addMember("includedUnits", Self.size(&random)) }
        if random.chance(1, in: 3) {
            let operation = random.element(["divide", "multiply"])
            let rounding = random.element(["ceiling", "floor", "halfUp", "none"])
            members.append(
                """
                "unitConfig":{"operation":"\(operation)","factor":"\(random.int(1...30))",
                "rounding":"\(rounding)","precision":\(random.int(0...3))}
                """)
        }
    }

    static func amount(_ random: inout SeededRandom) -> String {
        random.decimal(integerDigits: 2, fractionDigits: 7)
    }

    static func flat(_ random: inout SeededRandom) -> String {
        random.chance(1, in: 2) ? "0" : random.decimal(integerDigits: 3, fractionDigits: 2)
    }

    static func size(_ random: inout SeededRandom) -> String {
        random.chance(1, in: 4) ? "0.\(random.int(1...99))" : String(random.int(1...2_000))
    }

    static func quantity(_ random: inout SeededRandom) -> String {
        random.chance(1, in: 10) ? "0" : random.decimal(integerDigits: 5, fractionDigits: 6)
    }
}

extension BigDecimal {
    /// Plain notation of a value that is not negative.
    var text: String {
        let digits = mantissa.description
        let padded = String(repeating: "0", count: max(0, scale + 1 - digits.count)) + digits
        let whole = padded.prefix(padded.count - scale)
        return scale == 0 ? String(whole) : whole + "." + padded.suffix(scale)
    }
}
