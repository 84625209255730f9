import Billing
import JSON
import Ledger
import LedgerSQLite
import LedgerScene
import TestRandom
import Testing

/// Whoever adds up what is traced of a line has the line: its quantity, counts and digest.
@Suite struct TracePropertyTests {
    private static let aggregations = Aggregation.allCases

    @Test(arguments: LateEventPolicy.allCases, [UInt64](0..<3))
    func aTraceAddsUpToItsLine(_ policy: LateEventPolicy, _ seed: UInt64) async throws {
        let scene = try Scene(limits: LedgerLimits(spillEvery: 40))
        let groups = seed.isMultiple(of: 2) ? ["value"] : []
        try await scene.basics(
            Scene.catalog(
                aggregations: Self.aggregations, lateEvents: policy, groupBy: groups))
        _ = try await scene.subscribe("other", "acme")
        try await live(scene, seed)
        let lines = try await lines(scene, limit: [5, 20, 100][Int(seed)])
        try expectAllKinds(lines, policy)
        for subscription in ["s", "other"] {
            for aggregation in Self.aggregations {
                try check(
                    lines.filter { $0.subscription == subscription && $0.id == "\(aggregation)" },
                    aggregation)
            }
        }
        await scene.end()
    }

    /// Whether the months had something of everything.
    private func expectAllKinds(_ lines: [Line], _ policy: LateEventPolicy) throws {
        let traced = lines.flatMap(\.traced)
        #expect(lines.contains { $0.corrects != nil })
        #expect(traced.contains { $0.record.voids != nil })
        #expect(traced.contains { $0.isVoided && !$0.isIgnored })
        #expect(traced.contains { $0.record.voidedBy != nil && !$0.isVoided })
        #expect(traced.contains { $0.isIgnored } == (policy == .ignore))
        #expect(traced.contains { $0.isLate && !$0.isIgnored } == (policy != .ignore))
    }

    /// A hundred days of events, late ones, voids and closes.
    private func live(_ scene: Scene, _ seed: UInt64) async throws {
        var random = SeededRandom(seed: seed)
        var sent: [UsageEvent] = []
        for day in 0..<100 {
            let now = Scene.start + .seconds(day * 86_400)
            let before = sent.count
            for index in 0..<Int.random(in: 0...4, using: &random) {
                let isLate = Int.random(in: 0..<5, using: &random) == 0
                let age = Int.random(in: 0...(isLate ? day : min(day, 3)), using: &random)
                sent.append(
                    try event(
                        "e\(day)-\(index)", at: (now - .seconds(age * 86_400)).description,
                        value: "\(Int.random(in: 0..<12, using: &random))",
                        subscription: ["s", nil, nil].randomElement(using: &random) ?? nil,
                        name: Int.random(in: 0..<6, using: &random) == 0 ? "other" : "call"))
            }
            try await scene.send(Array(sent[before...]), at: now)
            if let event = sent.randomElement(using: &random), day % 5 == 0 {
                try await scene.void(event, at: now)
            }
            if Int.random(in: 0..<4, using: &random) == 0 { _ = try await scene.close(asOf: now) }
        }
        let end = Scene.start + .seconds(200 * 86_400)
        while try await scene.close(asOf: end).hasMore {}
        try await scene.writeInvoices()
    }

    /// A usage line as it was printed, and its trace.
    private struct Line {
        let subscription: String
        let id: String
        let start: Instant
        let corrects: String?
        let cutoff: Int64
        let quantity: String
        let evidence: JSONNode
        let traced: [TracedRecord]
    }

    private func lines(_ scene: Scene, limit: Int) async throws -> [Line] {
        var lines: [Line] = []
        for body in try await scene.ledger.invoices(InvoiceQuery(limit: 1000)).items {
            let invoice = try JSONDocument.parse(body).root
            let id = try #require(invoice.member("id")?.string)
            for line in try #require(invoice.member("lines")).children {
                let lineId = try #require(line.member("id")?.string)
                lines.append(
                    Line(
                        subscription: try #require(invoice.member("subscriptionId")?.string),
                        id: lineId,
                        start: try #require(
                            Instant(
                                rfc3339: invoice.member("period")?.member("start")?.string ?? "")),
                        corrects: invoice.member("corrects")?.string,
                        cutoff: try #require(
                            Int64(invoice.member("log")?.member("cutoffSequence")?.string ?? "")),
                        quantity: try #require(line.member("quantity")?.string),
                        evidence: try #require(line.member("evidence")),
                        traced: try await scene.traced(id, lineId, limit: limit)))
            }
        }
        return lines
    }

    /// Compares the lines of one charge, those of corrections with all that was traced before.
    private func check(_ lines: [Line], _ aggregation: Aggregation) throws {
        let starts = Set(lines.map(\.start)).sorted()
        var recount = TraceRecount(aggregation, starts: starts)
        for line in lines { try recount.add(line.traced) }
        for start in starts {
            var traced: [TracedRecord] = []
            var billed = Fraction.zero
            for line in lines where line.start == start {
                traced += line.traced.filter { !$0.isIgnored }
                let quantity = try recount.quantity(traced, at: line.cutoff)
                let printed = try (quantity - billed).description
                #expect(line.quantity == printed)
                billed = quantity
                #expect(recount.sum(traced) == TraceRecount.Sum(line.evidence))
            }
        }
    }
}

extension TraceRecount.Sum {
    /// As a line's evidence prints it.
    fileprivate init(_ evidence: JSONNode) {
        func number(_ name: String) -> Int64 {
            Int64(evidence.member(name)?.string ?? "0") ?? -1
        }
        self.init()
        eventCount = number("eventCount")
        lateEventCount = number("lateEventCount")
        firstSequence = number("firstSequence")
        lastSequence = number("lastSequence")
        let hex = evidence.member("digest")?.string.dropFirst("sha256:".utf8.count) ?? ""
        var rest = hex[...]
        var bytes: [UInt8] = []
        while !rest.isEmpty {
            bytes.append(UInt8(rest.prefix(2), radix: 16) ?? 0)
            rest = rest.dropFirst(2)
        }
        digest = Digest(bytes) ?? .zero
    }
}

extension Scene {
    /// The whole trace of a line, page by page.
    func traced(_ invoice: String, _ line: String, limit: Int) async throws -> [TracedRecord] {
        var traced: [TracedRecord] = []
        var cursor: String?
        repeat {
            let page = try await ledger.trace(
                TraceQuery(invoiceId: invoice, lineId: line, cursor: cursor, limit: limit))
            #expect(page.items.count <= limit)
            traced += page.items
            cursor = page.nextCursor
        } while cursor != nil
        return traced
    }
}
