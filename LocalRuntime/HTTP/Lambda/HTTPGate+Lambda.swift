import FunctionKit
import HTTPTypes
import Hummingbird
import JSON
import Logging

/// AWS Lambda's Invoke API.
extension HTTPGate {
    /// Calls a function with the request's payload.
    ///
    /// That of an `Event` is made before it is answered, so that what was accepted is done.
    func invoke(_ name: String, _ request: Request, _ requestId: String) async -> Response {
        var type: LambdaInvocationType?
        var event: HTTPEvent?
        do throws(Problem) {
            let access = try keys.admit(request.headers)
            type = try LambdaInvocationType(request.headers[.amazonInvocationType])
            let payload = try await reader.document(of: request)
            event = HTTPEvent(payload.root)
            if event != nil, let fault = payload.fault { throw fault.problem }
            let document = try event?.document(for: name) ?? payload
            guard type != .dryRun else {
                try access.require(dispatcher.registry.scope(of: name, document))
                return Response(lambda: .noContent, requestId: requestId)
            }
            let json = try await dispatcher.call(
                name, document, as: access, requestId: requestId)
            guard type != .event else { return Response(lambda: .accepted, requestId: requestId) }
            return Response(
                lambda: .ok, event == nil ? json : HTTPEvent.answer(.success(json)),
                requestId: requestId)
        } catch {
            return answer(to: error, type, event, requestId)
        }
    }

    private func answer(
        to problem: Problem, _ type: LambdaInvocationType?, _ event: HTTPEvent?, _ requestId: String
    ) -> Response {
        let isAnswerOfHTTP = event != nil && problem.code != .unknownFunction
        if let exception = LambdaException(problem, type), type == .event || !isAnswerOfHTTP {
            var response = Response(
                lambda: .init(code: problem.status), exception.json, requestId: requestId)
            response.headers[.amazonErrorType] = exception.name
            if let seconds = problem.retryAfterSeconds {
                response.headers[.retryAfter] = String(seconds)
            }
            return response
        }
        if type == .event {
            dispatcher.logger.warning(
                "an event's call failed",
                metadata: ["request": "\(requestId)", "problem": "\(problem.detail)"])
            return Response(lambda: .accepted, requestId: requestId)
        }
        if event != nil {
            return Response(lambda: .ok, HTTPEvent.answer(.failure(problem)), requestId: requestId)
        }
        var response = Response(
            lambda: .ok, LambdaFailure(problem: problem).json, requestId: requestId)
        response.headers[.amazonFunctionError] = "Handled"
        return response
    }
}

extension Response {
    /// - Parameter payload: nothing for an answer without a body.
    fileprivate init(
        lambda status: HTTPResponse.Status, _ payload: [UInt8] = [], requestId: String
    ) {
        self.init(json: payload, status: status, requestId: requestId)
        headers[.amazonRequestId] = requestId
        headers[.amazonExecutedVersion] = "$LATEST"
    }
}

extension HTTPField.Name {
    fileprivate static let amazonInvocationType = known("x-amz-invocation-type")
    fileprivate static let amazonFunctionError = known("x-amz-function-error")
    fileprivate static let amazonExecutedVersion = known("x-amz-executed-version")
    fileprivate static let amazonErrorType = known("x-amzn-errortype")
    fileprivate static let amazonRequestId = known("x-amzn-requestid")
}
