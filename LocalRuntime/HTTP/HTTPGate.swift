import Documents
import FunctionKit
import Functions
import HTTPTypes
import Hummingbird
import JSON
import Ledger
import Logging

/// Turns HTTP requests into calls and their outcomes into answers.
struct HTTPGate: HTTPResponder {
    typealias Context = CallContext

    let dispatcher: Dispatcher
    let keys: KeyGate
    /// Whether the store can be used.
    let isReady: @Sendable () async -> Bool
    let statistics: @Sendable () -> StoreStatistics
    let openAPI: OpenAPIPage
    let reader = BodyReader(budget: BodyBudget(bytes: RuntimeLimits.bodyBytesInFlight))

    init(
        dispatcher: Dispatcher, keys: KeyGate, isReady: @escaping @Sendable () async -> Bool,
        statistics: @escaping @Sendable () -> StoreStatistics
    ) {
        self.dispatcher = dispatcher
        self.keys = keys
        self.isReady = isReady
        self.statistics = statistics
        openAPI = OpenAPIPage(dispatcher.registry)
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
                Problem(.notFound, "nothing stands here; /openapi.json says what stands where"),
                requestId: requestId)
        }
        guard route.methods.contains(request.method) else {
            return Self.wrongMethod(request.method, route, requestId)
        }
        do throws(Problem) {
            let response = try await answer(to: request, route, requestId)
            return request.method == .head ? response.createHeadResponse() : response
        } catch {
            return Response(error, requestId: requestId)
        }
    }

    private func answer(
        to request: Request, _ route: Route, _ requestId: String
    ) async throws(Problem) -> Response {
        switch route {
        case .function(let name):
            let access = try keys.admit(request.headers)
            let events = try CloudEvents(for: name) { request.header($0) }
            if events == nil { try MediaType.requireJSON(request.headers[.contentType]) }
            let body = try await reader.document(of: request)
            let document = try events?.request(body) ?? body
            let json = try await dispatcher.call(
                name, document, as: access, requestId: requestId)
            return Response(json: json, requestId: requestId)
        case .lambda(let name): return await invoke(name, request, requestId)
        case .invoice(let id):
            try keys.admit(request.headers).require(GetInvoice.scope)
            return try await page(ofInvoice: id, requestId)
        case .health:
            return Response(json: Array(#"{"status":"ok"}"#.utf8), requestId: requestId)
        case .readiness:
            guard !isStopping else { throw Problem(.unavailable, "the runtime is stopping") }
            guard await isReady() else { throw Problem(.unavailable, "the store does not answer") }
            return Response(json: Array(#"{"status":"ready"}"#.utf8), requestId: requestId)
        case .openAPI: return Response(json: try openAPI.json(), requestId: requestId)
        case .metrics:
            try keys.admit(request.headers).require(.read)
            let page = MetricsPage(statistics(), processBytes: ProcessMemory.residentBytes)
            return Response(
                json: Array(page.text.utf8), type: MetricsPage.contentType, requestId: requestId)
        }
    }

    private func page(
        ofInvoice id: String, _ requestId: String
    ) async throws(Problem) -> Response {
        let invoice = try await dispatcher.call(
            GetInvoice.name, body: GetInvoice.request(id), requestId: requestId)
        let page = try await dispatcher.inTurn { () async throws(Problem) in
            do {
                // With a hundred thousand groups it takes seconds, in which events have to get through.
                return try await OwnThread.run { try InvoicePage.html(InvoiceDocument(invoice)) }
            } catch { throw Problem(.internalError, "the invoice cannot be shown: \(error)") }
        }
        return Response(page: page, requestId: requestId)
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
