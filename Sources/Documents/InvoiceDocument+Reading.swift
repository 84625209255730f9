package import JSON

extension InvoiceDocument {
    /// Reads an invoice as `getInvoice` or `generateInvoice` answers it.
    ///
    /// - Throws: where it is not JSON.
    package init(_ json: [UInt8]) throws(JSONError) {
        self.init(try JSONDocument.parse(json).root)
    }

    init(_ invoice: JSONNode) {
        let lines = invoice.elements("lines")
        (title, notices) = Self.heading(invoice)
        facts = Self.facts(invoice)
        currency = invoice.text("currency")
        self.lines = lines.map(Line.init)
        total = invoice.text("total")
        groups = lines.compactMap(Groups.init)
        evidence = lines.compactMap(Evidence.init)
        log = Self.log(invoice)
    }

    private static func heading(_ invoice: JSONNode) -> (title: String, notices: [String]) {
        let number = invoice.text("number")
        switch (invoice.text("status"), invoice.text("kind")) {
        case ("preview", _):
            return (
                "Preview of an invoice",
                ["Not an invoice yet: what it would be if it were issued at the instant below."]
            )
        case ("simulated", _):
            return (
                "Simulated invoice",
                ["Not an invoice: recorded usage under a plan that was not subscribed to."]
            )
        case (_, "correction"): return ("Correction \(number)", [])
        case (_, "final"): return ("Final correction \(number)", [])
        default: return ("Invoice \(number)", [])
        }
    }

    private static func facts(_ invoice: JSONNode) -> [Fact] {
        let plan = invoice.member("plan")
        var kind = invoice.text("kind")
        if invoice.text("revision") != "0" { kind += ", revision \(invoice.text("revision"))" }
        return [
            Fact(label: "Customer", values: customer(invoice)),
            Fact(label: "Subscription", values: [invoice.text("subscriptionId")]),
            Fact(
                label: "Plan",
                values: ["\(plan?.text("key") ?? ""), version \(plan?.text("version") ?? "")"]),
            Fact(
                label: "Period", values: invoice.member("period").map(PeriodText.lines) ?? []),
            Fact(label: "Kind", values: [kind]),
            Fact(label: "Issued", values: [invoice.text("issuedAt")]),
            Fact(label: "Corrects", values: [invoice.text("corrects")]),
            Fact(label: "Id", values: [invoice.text("id")]),
        ].filter { !$0.values.joined().isEmpty }
    }

    /// Name and id, then what the caller keeps with the customer.
    private static func customer(_ invoice: JSONNode) -> [String] {
        guard let customer = invoice.member("customer") else { return [] }
        let (name, id) = (customer.text("name"), customer.text("id"))
        let metadata = customer.member("metadata")?.children.flatMap { member in
            let lines = member.shownLines
            return ["\(VisibleText.of(member.key)): \(lines.first ?? "")"] + lines.dropFirst()
        }
        return [name.isEmpty ? id : "\(name) (\(id))"] + (metadata ?? [])
    }

    private static func log(_ invoice: JSONNode) -> [Fact] {
        guard let log = invoice.member("log") else { return [] }
        return [
            Fact(label: "Through record", values: [log.text("cutoffSequence")]),
            Fact(label: "Chain", values: [log.text("chain")]),
        ]
    }
}

extension InvoiceDocument.Line {
    init(_ line: JSONNode) {
        description = line.text("description")
        quantity = line.text("quantity")
        amount = line.text("amount")
        let exact = line.text("unroundedAmount")
        var parts = line.elements("breakdown").map { entry in
            InvoiceDocument.Part(label: BreakdownText.of(entry), amount: entry.text("amount"))
        }
        if exact != amount.withoutTrailingZeros {
            parts.append(InvoiceDocument.Part(label: "before rounding", amount: exact))
        }
        self.parts = parts
    }
}

extension InvoiceDocument.Groups {
    /// - Returns: nil where the line has no groups.
    init?(_ line: JSONNode) {
        let groups = line.elements("groups")
        // All groups of a line have the same properties, but for the one of all others.
        let named = groups.lazy.compactMap { $0.member("group") }.first { $0.kind == .object }
        guard !groups.isEmpty else { return nil }
        let properties = named.map { $0.children.map(\.key) } ?? [""]
        self.properties = properties.map(VisibleText.of)
        title = "\(line.text("description")) by \(self.properties.joined(separator: ", "))"
        rows = groups.map { entry in
            let group = entry.member("group")
            let isNamed = group?.kind == .object
            let values = properties.enumerated().map { index, property in
                isNamed
                    ? group?.member(property)?.shown ?? ""
                    : index == 0 ? "(all others)" : ""
            }
            return Row(
                values: values, quantity: entry.text("quantity"),
                eventCount: entry.text("eventCount"))
        }
    }
}

extension InvoiceDocument.Evidence {
    /// - Returns: nil where the line has no events behind it.
    init?(_ line: JSONNode) {
        guard let evidence = line.member("evidence") else { return nil }
        self.line = line.text("description")
        let late = evidence.text("lateEventCount")
        let count = evidence.text("eventCount")
        var facts = [
            InvoiceDocument.Fact(
                label: "Events", values: [late == "0" ? count : "\(count), \(late) of them late"])
        ]
        if count != "0" {
            facts += [
                InvoiceDocument.Fact(
                    label: "Happened",
                    values: ["\(evidence.text("firstEventAt")) to \(evidence.text("lastEventAt"))"]),
                InvoiceDocument.Fact(
                    label: "Records",
                    values: [
                        "\(evidence.text("firstSequence")) to \(evidence.text("lastSequence"))"
                    ]),
            ]
        }
        facts.append(InvoiceDocument.Fact(label: "Digest", values: [evidence.text("digest")]))
        self.facts = facts
    }
}
