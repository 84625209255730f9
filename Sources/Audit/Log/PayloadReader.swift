internal import Billing
internal import JSON

/// Reads one record's payload.
struct PayloadReader {
    private let row: LogRow
    private let root: JSONNode

    init(_ row: LogRow) throws {
        self.row = row
        do { root = try JSONDocument.parse(row.payload).root } catch {
            throw Difference("record \(row.sequence) is \(error)", sequence: row.sequence)
        }
    }

    func catalog() throws -> Catalog {
        let issues = FieldIssues()
        guard var reader = FieldValue(root, issues: issues).object() else {
            throw unreadable("catalog")
        }
        let catalog = Catalog(&reader)
        try issues.throwIfAny()
        return catalog
    }

    func void() throws -> VoidRecord {
        guard try required(root, "void").kind == .true else { throw unreadable("void") }
        return VoidRecord(
            sequence: row.sequence, recordedAt: row.recordedAt, hash: row.hash,
            customerEventId: try identifier("customerEventId"))
    }

    func customer() throws -> Customer {
        guard let customer = Customer(FieldValue(root, issues: FieldIssues())) else {
            throw unreadable("customer")
        }
        return customer
    }

    func subscription() throws -> SubscriptionRecord {
        SubscriptionRecord(
            sequence: row.sequence, recordedAt: row.recordedAt, id: try identifier("id"),
            customerId: try identifier("customerId"),
            plan: try plan(required(root, "plan")), startsAt: try instant(root, "startsAt"),
            endsAt: try optionalInstant("endsAt"), anchor: try date("anchor"))
    }

    func change() throws -> ChangeRecord {
        ChangeRecord(
            sequence: row.sequence, recordedAt: row.recordedAt,
            subscriptionId: try identifier("id"),
            at: try optionalInstant("at"), plan: try root.member("plan").map(plan),
            anchor: root.member("anchor") == nil ? nil : try date("anchor"),
            endsAt: try optionalInstant("endsAt"))
    }

    func period() throws -> PeriodRecord {
        let period = try required(root, "period")
        guard let zone = Zone(name: try required(period, "timezone").string) else {
            throw unreadable("timezone")
        }
        return PeriodRecord(
            sequence: row.sequence, recordedAt: row.recordedAt,
            subscriptionId: try identifier("subscriptionId"),
            span: PeriodSpan(
                start: try instant(period, "start"), end: try instant(period, "end"),
                timezone: zone),
            plan: try plan(required(root, "plan")))
    }

    func close() throws -> CloseRecord {
        guard let kind = InvoiceKind(rawValue: try required(root, "kind").string),
            let customerId = row.customerId
        else { throw unreadable("kind") }
        return CloseRecord(
            sequence: row.sequence, recordedAt: row.recordedAt, customerId: customerId,
            subscriptionId: try identifier("subscriptionId"),
            periodStart: try instant(root, "periodStart"), kind: kind,
            revision: Int(try integer("revision")), cutoff: try integer("cutoffSequence"),
            number: try integer("invoiceNumber"),
            customerSequence: try integer("customerSequence"),
            corrects: root.member("corrects") == nil ? nil : try integer("corrects"))
    }

    func identifier(_ name: String) throws -> Identifier {
        Identifier(checked: try required(root, name).text)
    }
}

extension PayloadReader {
    private func unreadable(_ what: String) -> Difference {
        Difference(
            "record \(row.sequence) has no \(what) that can be read", sequence: row.sequence)
    }

    private func required(_ node: JSONNode, _ name: String) throws -> JSONNode {
        guard let member = node.member(name) else { throw unreadable(name) }
        return member
    }

    private func integer(_ name: String) throws -> Int64 {
        guard let value = Int64(try required(root, name).string) else { throw unreadable(name) }
        return value
    }

    private func instant(_ node: JSONNode, _ name: String) throws -> Instant {
        guard let value = Instant(rfc3339: try required(node, name).text) else {
            throw unreadable(name)
        }
        return value
    }

    private func optionalInstant(_ name: String) throws -> Instant? {
        root.member(name) == nil ? nil : try instant(root, name)
    }

    private func date(_ name: String) throws -> LocalDate {
        guard let date = LocalDate(iso8601: try required(root, name).string) else {
            throw unreadable(name)
        }
        return date
    }

    private func plan(_ node: JSONNode) throws -> PlanReference {
        guard let version = Int(try required(node, "version").string) else {
            throw unreadable("plan")
        }
        return PlanReference(key: try required(node, "key").string, version: version)
    }
}
