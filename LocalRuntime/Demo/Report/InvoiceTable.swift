import Documents
import JSON

/// An invoice as people read it.
struct InvoiceTable {
    let invoice: JSONNode

    var lines: [String] {
        let customer = invoice.member("customer")?.text("name") ?? ""
        let plan = invoice.member("plan")
        let period = invoice.member("period")
        let currency = invoice.text("currency")
        var table = TextTable([
            ("Line", .left), ("Events", .right), ("Quantity", .right),
            ("Amount \(currency)", .right), ("Exact", .right),
        ])
        for line in invoice.elements("lines") {
            table.add([
                line.text("description"), line.member("evidence")?.text("eventCount").grouped ?? "",
                line.text("quantity").grouped, line.text("amount").grouped,
                line.text("unroundedAmount"),
            ])
        }
        table.add(["Total", "", "", invoice.text("total").grouped, ""])
        let title =
            "\(invoice.text("number"))  \(customer), plan \(plan?.text("key") ?? "") "
            + "version \(plan?.text("version") ?? "")"
        let span =
            "\(period?.text("start") ?? "") to \(period?.text("end") ?? "") "
            + "(midnights in \(period?.text("timezone") ?? ""))"
        return ["", title, span] + table.lines(total: true) + groupLines
    }

    /// The largest groups of the lines that have any.
    private var groupLines: [String] {
        invoice.elements("lines").flatMap { line -> [String] in
            let groups = line.elements("groups")
            guard !groups.isEmpty else { return [] }
            let largest = groups.sorted { $0.integer("quantity") > $1.integer("quantity") }
                .prefix(3)
                .map { entry in
                    let group = entry.member("group")
                    let names = ["method", "endpoint", "status"].map { group?.text($0) ?? "" }
                    return "\(names.joined(separator: " ")) \(entry.text("quantity").grouped)"
                }
            return [
                "  \(line.text("description")) in \(groups.count) groups; most: "
                    + largest.joined(separator: ", ")
            ]
        }
    }
}

extension String {
    /// Digits in groups of three: `1234567.5` as `1,234,567.5`.
    var grouped: String {
        let parts = split(separator: ".", maxSplits: 1)
        guard let whole = parts.first else { return self }
        var digits = ""
        for (index, character) in whole.reversed().enumerated() {
            if index > 0, index % 3 == 0, character != "-" { digits.append(",") }
            digits.append(character)
        }
        return ([String(digits.reversed())] + parts.dropFirst().map(String.init))
            .joined(separator: ".")
    }
}
