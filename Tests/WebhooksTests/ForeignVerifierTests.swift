import Curl
import Foundation
import SocketServer
import Testing
import Webhooks

/// Our signatures, verified by an implementation that is not ours.
@Suite(.timeLimit(.minutes(1)))
struct ForeignVerifierTests {
    private static let body = Array(
        "{\"type\":\"invoice.finalized\",\"data\":{\"name\":\"Žluťoučký \u{1F4B6}\"}}".utf8)

    @Test func itBelievesWhatWeSendAndNothingElse() async throws {
        let secrets = [WebhookSecret.generate(), WebhookSecret.generate()]
        let server = try SocketServer { _ in .answer(204) }
        let sender = WebhookSender(
            transport: CurlWebhookTransport(
                version: "1", addressGuard: AddressGuard(allowLoopback: true)),
            policy: WebhookURLPolicy(allowLoopback: true))
        // It goes by the machine's clock.
        let now = Int64(Date().timeIntervalSince1970)
        let result = try await sender.send(
            WebhookAttempt(
                messageID: "msg_1", timestampSeconds: now, body: Self.body, secrets: secrets,
                url: server.url))
        #expect(result.statusCode == 204)
        var arrivals = server.arrivals.makeAsyncIterator()
        let seen = try #require(await arrivals.next())
        let names = ["webhook-id", "webhook-timestamp", "webhook-signature"]
        let headers = names.map { ($0, seen.header($0) ?? "") }
        func message(_ secret: WebhookSecret, _ body: [UInt8]) -> ForeignVerifier.Message {
            ForeignVerifier.Message(secret: secret.text, headers: headers, body: body)
        }
        func message(changing index: Int, to value: String) -> ForeignVerifier.Message {
            var message = message(secrets[0], seen.body)
            message.headers[index].1 = value
            return message
        }
        let (believed, _) = try await ForeignVerifier.ask([
            message(secrets[0], seen.body), message(secrets[1], seen.body),
            message(.generate(), seen.body), message(secrets[0], seen.body + [0x20]),
            message(changing: 0, to: "msg_2"), message(changing: 1, to: String(now + 1)),
        ])
        #expect(believed == [true, true, false, false, false, false])
    }

    @Test func itSignsTheSpecificationsVectorAsWeDo() async throws {
        let secret = try #require(WebhookSecret(PublishedVector.secret))
        let headers = WebhookSignature.headers(
            id: PublishedVector.id, timestampSeconds: PublishedVector.timestamp,
            body: PublishedVector.body, secrets: [secret])
        let (_, signature) = try await ForeignVerifier.ask([
            ForeignVerifier.Message(
                secret: PublishedVector.secret, headers: headers, body: PublishedVector.body)
        ])
        #expect(signature == PublishedVector.signature)
        #expect(headers.last?.1 == signature)
    }
}
