import Foundation
import JSON
import Testing
import Webhooks

@testable import tallystick_demo

extension EndToEnd {
    @Suite("28,185 real calls", .enabled(if: Trace.arePresent, Trace.missing))
    struct RealTraces {
        private static let catalog = """
            meters:
              - { key: calls, eventName: llm_call, aggregation: count }
              - { key: context, eventName: llm_call, aggregation: sum, property: context_tokens }
              - key: generated
                eventName: llm_call
                aggregation: sum
                property: generated_tokens
                required: true
            plans:
              - key: llm
                name: Language model
                currency: USD
                billingPeriod: { interval: month }
                charges:
                  - key: calls
                    name: Calls
                    type: usage
                    meter: calls
                    price: { model: perUnit, unitAmount: 0.0004 }
                  - key: context
                    name: Context tokens
                    type: usage
                    meter: context
                    price:
                      model: graduated
                      tiers:
                        - { upTo: 1000000, unitAmount: 0.0000025 }
                        - { upTo: 10000000, unitAmount: 0.0000021 }
                        - { upTo: null, unitAmount: 0.0000013 }
                  - key: generated
                    name: Generated tokens
                    type: usage
                    meter: generated
                    price:
                      model: graduated
                      tiers:
                        - { upTo: 200000, unitAmount: 0.00001 }
                        - { upTo: null, unitAmount: 0.0000075 }
            """

        @Test("imported, billed to the exact figure, delivered, and not counted twice")
        func traces() async throws {
            try await Bench.run { bench in
                let catalog = try bench.write(Self.catalog, to: "catalog.yaml")
                let arguments = [
                    "--data", bench.folder.file("traces.db"), "--catalog", catalog, "--clock",
                    "2023-11-16T12:00:00Z",
                ]
                try await WebhookReceiver.run { receiver, url in
                    try await bench.serve(arguments) { server in
                        try await Self.subscribe(server.client, receiver, url)
                        try await Self.importTraces(bench, server, repeated: false)
                        _ = try await server.client.result(
                            "advanceClock", #"{"to":"2023-12-02T00:00:00Z"}"#)
                        let invoices = try await Self.invoices(server.client)
                        for trace in Trace.allCases {
                            try await Self.check(invoices, trace, bench.folder)
                        }
                        try await Self.verified(invoices, bench)
                        try await Self.delivered(invoices, receiver)
                        try await Self.importTraces(bench, server, repeated: true)
                        let after = try await Self.invoices(server.client)
                        #expect(after == invoices)
                    }
                }
            }
        }

        private static func subscribe(
            _ client: FunctionClient, _ receiver: WebhookReceiver, _ url: String
        ) async throws {
            let endpoint = try await client.result(
                "putWebhookEndpoint",
                #"{"id":"test","url":"\#(url)","eventTypes":["invoice.finalized"],"enabled":true}"#)
            receiver.trust(try #require(WebhookSecret(endpoint.text("secret"))))
            for trace in Trace.allCases {
                _ = try await client.result(
                    "upsertCustomer",
                    #"{"id":"\#(trace.rawValue)","timezone":"\#(trace.timezone)"}"#)
                _ = try await client.result(
                    "createSubscription",
                    #"{"id":"\#(trace.rawValue)-llm","customerId":"\#(trace.rawValue)","#
                        + #""plan":"llm","startsAt":"\#(trace.start)"}"#)
            }
        }

        private static func importTraces(
            _ bench: Bench, _ server: Server, repeated: Bool
        ) async throws {
            var total = ImportCounts()
            for trace in Trace.allCases {
                let (counts, status) = try await bench.importing(
                    trace.importArguments(url: server.url))
                #expect(status == 0)
                #expect(counts.conflicts + counts.rejected + counts.unbilled == 0)
                total.accepted += counts.accepted
                total.duplicates += counts.duplicates
            }
            #expect(total.accepted == (repeated ? 0 : 28_185))
            #expect(total.duplicates == (repeated ? 28_185 : 0))
        }

        /// Each invoice as its bytes, by customer.
        private static func invoices(_ client: FunctionClient) async throws -> [String: [UInt8]] {
            let list = try await client.result("listInvoices", "{}")
            var invoices: [String: [UInt8]] = [:]
            for item in list.elements("items") {
                invoices[item.text("customerId")] = try await client.call(
                    "getInvoice", #"{"id":"\#(item.text("id"))"}"#.utf8)
            }
            #expect(invoices.count == Trace.allCases.count)
            return invoices
        }

        /// Compares every line with awk's sums, priced here in ten-millionths of a dollar.
        private static func check(
            _ invoices: [String: [UInt8]], _ trace: Trace, _ folder: TemporaryFolder
        ) async throws {
            let sums = try await TraceSums(path: trace.path, folder: folder)
            let context = sums.contextTokens
            let generated = sums.generatedTokens
            let expected = [
                ("calls", sums.calls, sums.calls * 4_000),
                (
                    "context", context,
                    min(context, 1_000_000) * 25 + min(max(context - 1_000_000, 0), 9_000_000) * 21
                        + max(context - 10_000_000, 0) * 13
                ),
                (
                    "generated", generated,
                    min(generated, 200_000) * 100 + max(generated - 200_000, 0) * 75
                ),
            ]
            let invoice = try JSONDocument.parse(try #require(invoices[trace.rawValue])).root
            let lines = invoice.elements("lines")
            #expect(lines.map { $0.text("id") } == expected.map(\.0))
            var total = 0
            for (line, (_, quantity, exact)) in zip(lines, expected) {
                let cents = FixedPoint.rounded(exact, from: 7, to: 2)
                total += cents
                #expect(line.text("quantity") == String(quantity))
                #expect(line.text("amount") == FixedPoint.text(cents, digits: 2))
                #expect(FixedPoint.value(line.text("unroundedAmount"), digits: 7) == exact)
                #expect(line.member("evidence")?.integer("eventCount") == sums.calls)
            }
            #expect(invoice.text("total") == FixedPoint.text(total, digits: 2))
            #expect(invoice.member("period")?.text("start") == trace.start)
        }

        /// The evidence of each invoice holds every event, and the script agrees with every line.
        private static func verified(_ invoices: [String: [UInt8]], _ bench: Bench) async throws {
            let ids = try invoices.values.map { try JSONDocument.parse($0).root.text("id") }
            let folders = try await bench.evidence(
                of: ids.sorted(), in: bench.folder.file("traces.db"))
            let result = try await bench.verify(folders)
            #expect(result.status == 0, "\(result.errors)")
            let events = try folders.map {
                try Data(contentsOf: URL(fileURLWithPath: $0 + "/events.ndjson"))
                    .count { $0 == UInt8(ascii: "\n") }
            }
            #expect(events.reduce(0, +) == 28_185)
        }

        private static func delivered(
            _ invoices: [String: [UInt8]], _ receiver: WebhookReceiver
        ) async throws {
            let messages = try await waitFor("two webhooks", within: .seconds(60)) {
                receiver.messages.count >= invoices.count ? receiver.messages : nil
            }
            #expect(messages.count == invoices.count)
            #expect(receiver.forged.isEmpty)
            for invoice in invoices.values {
                #expect(messages.contains { Data($0.body).range(of: Data(invoice)) != nil })
            }
        }
    }
}
