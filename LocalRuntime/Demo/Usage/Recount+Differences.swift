import JSON

extension Recount {
    /// Where an invoice says something else; empty where it agrees in every figure.
    func differences(from invoice: JSONNode) -> [String] {
        var differences: [String] = []
        func compare(_ what: String, _ invoiced: String, _ counted: String) {
            guard invoiced != counted else { return }
            differences.append(
                "\(subscriptionId), \(what): the invoice says \(invoiced), the recount \(counted)")
        }
        let period = invoice.member("period")
        let month = customer.month
        for (name, counted) in [("start", month.lowerBound), ("end", month.upperBound)] {
            let text = UsageRecord.text(counted).replacing(".000000", with: "")
            compare("period's \(name)", period?.text(name) ?? "", text)
        }
        let invoiced = invoice.elements("lines")
        compare(
            "lines", invoiced.map { $0.text("id") }.joined(separator: " "),
            lines.map(\.id).joined(separator: " "))
        for (line, node) in zip(lines, invoiced) {
            compare(
                "amount of \(line.id)", node.text("amount"),
                FixedPoint.text(amount(of: line), digits: currencyDigits))
            compare(
                "unrounded amount of \(line.id)",
                Self.normalised(node.text("unroundedAmount"), digits: 6),
                FixedPoint.text(line.millionths, digits: 6))
            if let thousandths = line.thousandths {
                compare(
                    "quantity of \(line.id)", Self.normalised(node.text("quantity"), digits: 3),
                    FixedPoint.text(thousandths, digits: 3))
            }
            if let eventCount = line.eventCount {
                compare(
                    "events of \(line.id)", node.member("evidence")?.text("eventCount") ?? "",
                    String(eventCount))
            }
            compare(
                "groups of \(line.id)", Self.description(Self.groups(of: node)),
                Self.description(line.groups))
        }
        compare(
            "total", invoice.text("total"), FixedPoint.text(total, digits: currencyDigits))
        return differences
    }

    /// The same number with so many digits; as it was where it has more.
    private static func normalised(_ text: String, digits: Int) -> String {
        FixedPoint.value(text, digits: digits).map { FixedPoint.text($0, digits: digits) } ?? text
    }

    private static func groups(of line: JSONNode) -> [String: Int] {
        var groups: [String: Int] = [:]
        for entry in line.elements("groups") {
            guard let group = entry.member("group") else { continue }
            let key = ["endpoint", "method", "status"].map { group.text($0) }
            groups[key.joined(separator: " ")] = entry.integer("quantity")
        }
        return groups
    }

    private static func description(_ groups: [String: Int]) -> String {
        groups.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value)" }
            .joined(separator: ", ")
    }
}
