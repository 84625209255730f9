import FunctionKit
import HTTPTypes
import Hummingbird
import JSON
import Logging

/// Turns HTTP requests into calls and their outcomes into answers.
struct HTTPGate: HTTPResponder {
    typealias Context = CallContext

    let dispatcher: Dispatcher
    /// Whether the store can be used.
    let isReady: @Sendable () async -> Bool
    private let reader = BodyReader(budget: BodyBudget(bytes: RuntimeLimits.bodyBytesInFlight))

    init(dispatcher: Dispatcher, isReady: @escaping @Sendable () async -> Bool) {
        self.dispatcher = dispatcher
        self.isReady = isReady
    }

    func respond(to request: Request, context: CallContext) async -> Response {
        let requestId = RequestID.make()
        let start = ContinuousClock.now
        let response = await answer(to: request, requestId)
        dispatcher.logger.debug(
            "request",
            metadata: [
                "request": "\(requestId)", "method": "\(request.method)",
                "path": "\(request.uri.path)", "status": "\(response.status.code)",
                "microseconds": "\(start.duration(to: .now) / .microseconds(1))",
            ])
        return response
    }

    private func answer(to request: Request, _ requestId: String) async -> Response {
        guard let route = Route(request.uri.path) else {
            return Response(
                Problem(.notFound, "nothing stands here; functions are at /functions/{name}"),
                requestId: requestId)
        }
        guard route.methods.contains(request.method) else {
            return Self.wrongMethod(request.method, route, requestId)
        }
        do throws(Problem) {
            let json = try await json(for: route, request, requestId)
            let response = Response(json: json, requestId: requestId)
            return request.method == .head ? response.createHeadResponse() : response
        } catch {
            return Response(error, requestId: requestId)
        }
    }

    private func json(
        for route: Route, _ request: Request, _ requestId: String
    ) async throws(Problem) -> [UInt8] {
        switch route {
        case .function(let name):
            let document = try await reader.document(of: request)
            return try await dispatcher.call(name, document, requestId: requestId)
        case .health:
            return Array(#"{"status":"ok"}"#.utf8)
        case .readiness:
            guard !isStopping else { throw Problem(.unavailable, "the runtime is stopping") }
            guard await isReady() else { throw Problem(.unavailable, "the store does not answer") }
            return Array(#"{"status":"ready"}"#.utf8)
        }
    }

    private static func wrongMethod(
        _ method: HTTPRequest.Method, _ route: Route, _ requestId: String
    ) -> Response {
        let allowed = route.methods.map(\.rawValue).joined(separator: ", ")
        var response = Response(
            Problem(.methodNotAllowed, "\(method.rawValue) does not work here; use \(allowed)"),
            requestId: requestId)
        response.headers[.allow] = allowed
        return response
    }
}
