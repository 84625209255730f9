import Billing
import Foundation
import JSON
import SocketServer
import Synchronization
import Testing
import Webhooks

@testable import tallystick_demo

extension EndToEnd {
    @Suite("kill -9 during deliveries")
    struct DeliveryKills {
        private static let seed: UInt64 = 20_260_102
        private static let kills = 50
        private static let subscriptions = 20
        private static let start = Instant(seconds: 1_767_225_600)

        private static let catalog = """
            plans:
              - key: daily
                name: Daily
                currency: EUR
                billingPeriod: { interval: day }
                charges:
                  - { key: fee, name: Fee, type: flat, amount: "1.00", timing: arrears,
                      prorate: false }
            """

        @Test("every message arrives, with one id and one body")
        func kills() async throws {
            try await Bench.run { bench in
                let catalog = try bench.write(Self.catalog, to: "catalog.yaml")
                let receiver = KillingReceiver()
                let socket = try SocketServer { receiver.take($0) }
                var random = SeededGenerator(seed: Self.seed)
                for kill in 0..<Self.kills {
                    let server = try await Self.serve(bench, catalog, day: kill)
                    if kill == 0 { try await Self.setUp(server, receiver, url: socket.url) }
                    receiver.kill(
                        server.program, atArrival: random.number(in: 1...Self.subscriptions))
                    // The server may die before it can answer.
                    _ = try? await Self.advance(server, day: kill + 1)
                    let end = await server.program.result()
                    #expect(end.isKilled, "kill \(kill), seed \(Self.seed)")
                }
                let server = try await Self.serve(bench, catalog, day: Self.kills)
                try await Self.advance(server, day: Self.kills + 1)
                try await Self.waitUntilDelivered(server)
                let invoices = try await Self.invoices(server)
                #expect(invoices.count == Self.subscriptions * (Self.kills + 1))
                receiver.check(against: invoices)
                let end = await server.stop()
                #expect(end.status == 0 && !end.isKilled)
            }
        }

        private static func serve(
            _ bench: Bench, _ catalog: String, day: Int
        ) async throws -> Server {
            try await Server.start(
                [
                    "--data", bench.folder.file("ledger.db"), "--catalog", catalog,
                    "--clock", instant(day).description,
                ],
                environment: ["TALLYSTICK_WEBHOOK_ALLOW_LOOPBACK": "1"], folder: bench.folder,
                http: bench.http)
        }

        private static func setUp(
            _ server: Server, _ receiver: KillingReceiver, url: String
        ) async throws {
            let endpoint = try await server.client.result(
                "putWebhookEndpoint",
                #"{"id":"books","url":"\#(url)","eventTypes":["invoice.finalized"]}"#)
            receiver.trust(try #require(WebhookSecret(endpoint.text("secret"))))
            for number in 0..<subscriptions {
                _ = try await server.client.result(
                    "upsertCustomer", #"{"id":"c\#(number)","timezone":"UTC"}"#)
                _ = try await server.client.result(
                    "createSubscription",
                    """
                    {"id":"s\(number)","customerId":"c\(number)","plan":"daily",
                     "startsAt":"\(start)"}
                    """)
            }
        }

        private static func instant(_ day: Int) -> Instant { start + .seconds(day * 86_400) }

        private static func advance(_ server: Server, day: Int) async throws {
            _ = try await server.client.result("advanceClock", #"{"to":"\#(instant(day))"}"#)
        }

        private static func waitUntilDelivered(_ server: Server) async throws {
            _ = try await waitFor("the last delivery", within: .seconds(60)) {
                let page = try await server.client.result(
                    "listWebhookDeliveries", #"{"state":"pending"}"#)
                return page.elements("items").isEmpty ? true : nil
            }
        }

        /// The ids of all invoices.
        private static func invoices(_ server: Server) async throws -> Set<String> {
            var ids: Set<String> = []
            var cursor = "null"
            repeat {
                let page = try await server.client.result(
                    "listInvoices", "{\"limit\":1000,\"cursor\":\(cursor)}")
                ids.formUnion(page.elements("items").map { $0.text("id") })
                let next = page.text("nextCursor")
                cursor = next.isEmpty ? "null" : "\"\(next)\""
            } while cursor != "null"
            return ids
        }
    }
}

/// Takes webhooks, and kills their sender when so many have come.
private final class KillingReceiver: Sendable {
    private struct State {
        var secrets: [WebhookSecret] = []
        /// Every body that came under an id.
        var bodies: [String: Set<[UInt8]>] = [:]
        var arrivals = 0
        var forged = 0
        var victim: Program?
        var arrivalsLeft = 0
    }

    private let state = Mutex(State())

    func trust(_ secret: WebhookSecret) { state.withLock { $0.secrets = [secret] } }

    func kill(_ program: Program, atArrival count: Int) {
        state.withLock { ($0.victim, $0.arrivalsLeft) = (program, count) }
    }

    func take(_ request: SocketRequest) -> SocketReply {
        state.withLock { state in
            let id = request.header(WebhookSignature.idHeader) ?? ""
            let timestamp = request.header(WebhookSignature.timestampHeader) ?? ""
            do {
                try WebhookSignature.verify(
                    id: id, timestamp: timestamp,
                    signature: request.header(WebhookSignature.signatureHeader) ?? "",
                    body: request.body, secrets: state.secrets, nowSeconds: Int64(timestamp) ?? 0,
                    toleranceSeconds: 0)
            } catch { state.forged += 1 }
            state.bodies[id, default: []].insert(request.body)
            state.arrivals += 1
            state.arrivalsLeft -= 1
            if state.arrivalsLeft == 0 { state.victim?.send(SIGKILL) }
        }
        return .answer(204)
    }

    func check(against invoices: Set<String>) {
        let (bodies, arrivals, forged) = state.withLock { ($0.bodies, $0.arrivals, $0.forged) }
        #expect(forged == 0)
        #expect(bodies.values.allSatisfy { $0.count == 1 })
        let ids = bodies.values.compactMap { bodies in
            bodies.first.flatMap { try? JSONDocument.parse($0).root.member("data")?.text("id") }
        }
        #expect(Set(ids) == invoices)
        #expect(ids.count == invoices.count)
        // Else nothing was under way when it was killed.
        #expect(arrivals > ids.count)
        print("kill -9: \(ids.count) messages arrived \(arrivals) times")
    }
}
