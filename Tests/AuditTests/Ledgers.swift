import Billing
import JSON
import Ledger
import LedgerSQLite
import LedgerScene
import SQLite

/// Ledgers that tests of the audit look at.
enum Ledgers {
    /// When periods were closed.
    static let passes = [
        instant("2026-02-02T00:00:00Z"), instant("2026-03-02T00:00:00Z"),
        instant("2026-03-20T00:00:00Z"),
    ]

    /// Two months, an event that came late, and one that was taken out when it was billed: two
    /// period invoices and a correction.
    static func withTwoMonths(
        limits: LedgerLimits = LedgerLimits(), _ body: (String) async throws -> Void
    ) async throws {
        try await Scene.with(limits: limits) { scene in
            try await scene.basics(
                Scene.catalog(aggregations: [.count, .sum, .unique, .max], groupBy: ["value"]))
            let b = try event("b", value: "2")
            try await scene.send([try event("a"), b, try event("c", value: "2")])
            try await close(scene, passes[0])
            let now = instant("2026-02-11T00:00:00Z")
            try await scene.send(
                [
                    try event("d", at: "2026-02-10T00:00:00Z", value: "3"),
                    try event("e", at: "2026-02-11T00:00:00Z", value: "3"),
                    try event("f", at: "2026-01-20T00:00:00Z", value: "7"),
                ], at: now)
            try await scene.void(b, at: now + .seconds(1))
            try await close(scene, passes[1])
            try await close(scene, passes[2])
            await scene.ledger.shutdown()
            try await body(scene.path)
        }
    }

    /// Plans of two policies with charges of every kind, closed and open periods, late events, voids
    /// and corrections.
    static func withEverything(_ body: (String) async throws -> Void) async throws {
        try await Scene.with { scene in
            try await scene.apply(everything)
            for (customer, plan) in [("acme", "next"), ("bolt", "ignore"), ("cube", "next")] {
                try await scene.customer(customer, zone: "Europe/Zurich")
                _ = try await scene.ledger.create(
                    NewSubscription(
                        id: identifier("s-\(customer)"), customerId: identifier(customer),
                        plan: plan, startsAt: Scene.start, endsAt: nil), at: Scene.start)
            }
            var voided: [UsageEvent] = []
            for (month, now) in [("01", passes[0]), ("02", passes[1]), ("03", passes[2])] {
                var events: [UsageEvent] = []
                for index in 0..<15 {
                    events.append(
                        try event(
                            "\(month)-\(index)", customer: ["acme", "bolt", "cube"][index % 3],
                            at: "2026-\(month)-\(10 + index / 6)T0\(index % 10):00:00Z",
                            value: "\(index * 7 % 11).\(index)"))
                    // Of the month before: late, but for the first.
                    events.append(
                        try event(
                            "\(month)-late-\(index)", customer: ["acme", "bolt"][index % 2],
                            at: "2026-01-2\(index % 10)T00:00:00Z", value: "\(index)"))
                }
                try await scene.send(events, at: now - .seconds(8 * 86_400))
                for event in voided { try await scene.void(event, at: now - .seconds(86_400)) }
                voided = [events[0], events[3], events[5]]
                try await close(scene, now)
            }
            await scene.ledger.shutdown()
            try await body(scene.path)
        }
    }

    private static var everything: Catalog {
        get throws {
            let aggregations = ["sum", "unique", "max", "min", "latest", "average"]
            let meters = aggregations.map {
                #"{"key":"\#($0)","eventName":"call","aggregation":"\#($0)","property":"value"}"#
            }
            let prices = [
                (
                    "calls",
                    #""model":"graduated","tiers":[{"upTo":"3","unitAmount":"2"},"#
                        + #"{"upTo":null,"unitAmount":"0.5","flatAmount":"1"}]"#
                ),
                (
                    "sum",
                    #""model":"percentage","rate":"2.5","freeEvents":3,"fixedFee":"0.1","#
                        + #""perTransactionMinimum":"0.2""#
                ),
                ("unique", #""model":"package","packageSize":"2","packageAmount":"3""#),
                ("max", #""model":"perUnit","unitAmount":"0.33","minimum":"9""#),
                ("latest", #""model":"volume","tiers":[{"upTo":null,"unitAmount":"1.1"}]"#),
                ("average", #""model":"perUnit","unitAmount":"1","includedUnits":"1""#),
            ]
            let charges = prices.map { key, price in
                #"{"key":"\#(key)","name":"\#(key)","type":"usage","meter":"\#(key)","price":{\#(price)}}"#
            }
            let plans = [("next", "nextPeriod"), ("ignore", "ignore")].map { key, policy in
                """
                {"key":"\(key)","name":"\(key)","currency":"EUR","billingPeriod":{"interval":"month"},
                 "lateEvents":"\(policy)","minimum":"40","charges":[
                 {"key":"fee","name":"Fee","type":"flat","amount":"5","timing":"advance","prorate":true},
                 \(charges.joined(separator: ","))]}
                """
            }
            return try read(
                """
                {"meters":[{"key":"calls","eventName":"call","aggregation":"count",
                 "groupBy":["value"]},\(meters.joined(separator: ","))],
                 "plans":[\(plans.joined(separator: ","))]}
                """
            ) { value in
                guard var reader = value.object() else { return nil }
                return Catalog(&reader)
            }
        }
    }

    private static func close(_ scene: Scene, _ instant: Instant) async throws {
        _ = try await scene.close(asOf: instant)
        try await scene.writeInvoices()
    }

    /// Changes a ledger behind its back.
    ///
    /// - Returns: how many rows changed.
    @discardableResult
    static func change(_ path: String, _ sql: String) throws -> Int {
        let connection = try Connection(path: path, .readWrite)
        try connection.execute("DROP TRIGGER IF EXISTS invoice_is_never_changed")
        try connection.execute("DROP TRIGGER IF EXISTS invoice_is_never_deleted")
        try connection.execute(sql)
        return connection.changes
    }

    /// Replaces a text in an invoice.
    static func invoice(_ number: Int, _ old: String, _ new: String) -> String {
        """
        UPDATE invoice SET body = CAST(replace(CAST(body AS TEXT), '\(old)', '\(new)') AS BLOB)
        WHERE number = \(number) AND instr(CAST(body AS TEXT), '\(old)') > 0
        """
    }

    /// Replaces a text in the records of a kind.
    static func log(_ kind: Int, _ old: String, _ new: String) -> String {
        """
        UPDATE log SET payload = CAST(replace(CAST(payload AS TEXT), '\(old)', '\(new)') AS BLOB)
        WHERE kind = \(kind) AND instr(CAST(payload AS TEXT), '\(old)') > 0
        """
    }

    static func invoiceIds(_ path: String) throws -> [String] {
        let statement = try Connection(path: path, .readOnly)
            .prepare("SELECT id FROM invoice ORDER BY number")
        var ids: [String] = []
        while try statement.step() { ids.append(statement.string(0)) }
        return ids
    }
}

extension Ledgers {
    /// Gives every record the hash of its payload, and every commit the chain over them.
    ///
    /// - Parameter commits: whether the commits are written anew too.
    static func chainAnew(_ path: String, commits: Bool = true) throws {
        let connection = try Connection(path: path, .readWrite)
        let records = try connection.prepare("SELECT sequence, payload FROM log ORDER BY sequence")
        let hash = try connection.prepare("UPDATE log SET hash = ? WHERE sequence = ?")
        let commit = try connection.prepare(
            "UPDATE log_commit SET chain = ? WHERE lastSequence = ?")
        var chain = Digest.zero
        while try records.step() {
            let own = Digest(hashing: records.bytes(1))
            chain = Digest(hashing: chain.bytes + own.bytes)
            try update(hash, own, records.integer(0))
            if commits { try update(commit, chain, records.integer(0)) }
        }
    }

    private static func update(
        _ statement: borrowing Statement, _ digest: Digest, _ sequence: Int64
    ) throws {
        try statement.bind(1, blob: digest.bytes)
        try statement.bind(2, sequence)
        _ = try statement.step()
        statement.reset()
    }
}
