internal import JSON

/// A part of an amount in words: `tier 1: 1000 × 0.002`.
enum BreakdownText {
    static func of(_ entry: JSONNode) -> String {
        let tier = entry.text("tier")
        let terms = [usage(entry), flat(entry)].compactMap(\.self)
        return (tier.isEmpty ? "" : "tier \(tier): ") + terms.joined(separator: " + ")
    }

    /// What was used and what that was reckoned with, by the name that the contract has for it.
    private static func usage(_ entry: JSONNode) -> String? {
        let units = entry.text("units")
        for member in entry.children {
            let value = entry.text(member.key)
            switch member.key {
            case "unitAmount", "multiplier": return "\(units) × \(value)"
            case "packageAmount":
                let packages = counted(entry.text("packages"), "package")
                return "\(packages) × \(value), for \(counted(units, "unit"))"
            case "rate":
                let share = "\(units) × \(value) %"
                return transactions(entry).map { "\($0), \(share)" } ?? share
            case "fixedFee": return "\(transactions(entry) ?? units) × \(value)"
            case "perTransactionMinimum": return "at least \(value) a transaction"
            case "perTransactionMaximum": return "at most \(value) a transaction"
            case "minimum": return "minimum of \(value)"
            case "maximum": return "maximum of \(value)"
            case "billed": return "billed before"
            default: continue
            }
        }
        return units.isEmpty ? nil : counted(units, "unit")
    }

    /// A fee, or of one that is prorated what the share was taken of.
    private static func flat(_ entry: JSONNode) -> String? {
        let flat = entry.text("flatAmount")
        guard !flat.isEmpty else { return nil }
        let isShare = usage(entry) == nil && entry.text("amount") != flat
        return isShare ? "share of \(flat)" : "\(flat) flat"
    }

    private static func transactions(_ entry: JSONNode) -> String? {
        entry.member("transactions").map { counted($0.string, "transaction") }
    }

    private static func counted(_ number: String, _ noun: String) -> String {
        "\(number) \(noun)\(number == "1" ? "" : "s")"
    }
}
