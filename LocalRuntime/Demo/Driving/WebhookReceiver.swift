import Foundation
import HTTPTypes
import Hummingbird
import JSON
import Logging
import NIOCore
import Synchronization
import Webhooks

/// An HTTP server that takes webhooks as a customer's would: it believes what is signed.
final class WebhookReceiver: Sendable {
    /// A message whose signature was verified.
    struct Message: Sendable {
        let id: String
        let type: String
        let body: [UInt8]

        var isInvoice: Bool { type == "invoice.finalized" }
    }

    private struct State {
        var secrets: [WebhookSecret] = []
        var refusalsLeft: Int
        var refused = 0
        var forged: [WebhookVerificationError] = []
        var messages: [Message] = []
    }

    private let state: Mutex<State>

    /// - Parameter refusals: how many invoices are answered 503 before the first is taken.
    private init(refusals: Int) { state = Mutex(State(refusalsLeft: refusals)) }

    var messages: [Message] { state.withLock(\.messages) }
    var refused: Int { state.withLock(\.refused) }
    var forged: [WebhookVerificationError] { state.withLock(\.forged) }

    func trust(_ secret: WebhookSecret) { state.withLock { $0.secrets.append(secret) } }

    /// Runs a receiver on a free port for as long as `body` takes.
    ///
    /// - Parameter body: gets the receiver and the URL that webhooks go to.
    static func run<Value: Sendable>(
        refusals: Int = 0,
        _ body: @Sendable @escaping (WebhookReceiver, String) async throws -> Value
    ) async throws -> Value {
        let receiver = WebhookReceiver(refusals: refusals)
        let (ports, bound) = AsyncStream<Int>.makeStream()
        let application = receiver.application { port in
            bound.yield(port)
            bound.finish()
        }
        return try await withThrowingTaskGroup(of: Value?.self) { group in
            group.addTask {
                try await application.run()
                bound.finish()
                return nil
            }
            group.addTask {
                guard let port = await ports.first(where: { _ in true }) else {
                    throw NotHappened(description: "the webhook receiver got no port")
                }
                return try await body(receiver, "http://127.0.0.1:\(port)/webhooks")
            }
            defer { group.cancelAll() }
            while let result = try await group.next() {
                if let result { return result }
            }
            throw CancellationError()
        }
    }

    private func application(
        onBound: @Sendable @escaping (Int) -> Void
    ) -> some ApplicationProtocol {
        let router = Router()
        router.post("webhooks") { request, context in
            let body = try await request.body.collect(upTo: context.maxUploadSize)
            return Response(
                status: self.take(request.headers, Array(buffer: body)))
        }
        var logger = Logger(label: "webhook-receiver")
        logger.logLevel = .critical
        return Application(
            router: router,
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { channel in onBound(channel.localAddress?.port ?? 0) },
            logger: logger)
    }

    private func take(_ headers: HTTPFields, _ body: [UInt8]) -> HTTPResponse.Status {
        let now = Int64(Date().timeIntervalSince1970)
        return state.withLock { state in
            let id = headers[WebhookSignature.idHeader]
            do throws(WebhookVerificationError) {
                try WebhookSignature.verify(
                    id: id, timestamp: headers[WebhookSignature.timestampHeader],
                    signature: headers[WebhookSignature.signatureHeader], body: body,
                    secrets: state.secrets, nowSeconds: now, toleranceSeconds: 300)
            } catch {
                state.forged.append(error)
                return .unauthorized
            }
            let type = try? JSONDocument.parse(body).root.text("type")
            let message = Message(id: id, type: type ?? "", body: body)
            if message.isInvoice, state.refusalsLeft > 0 {
                state.refusalsLeft -= 1
                state.refused += 1
                return .serviceUnavailable
            }
            state.messages.append(message)
            return .noContent
        }
    }
}

extension HTTPFields {
    fileprivate subscript(name: String) -> String {
        HTTPField.Name(name).flatMap { self[$0] } ?? ""
    }
}
