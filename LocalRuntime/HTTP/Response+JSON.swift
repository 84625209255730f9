import Documents
import FunctionKit
import HTTPTypes
import Hummingbird
import JSON
import NIOCore

extension Response {
    /// An answer that is already written, JSON unless `type` says otherwise.
    init(
        json: [UInt8], status: HTTPResponse.Status = .ok, type: String = "application/json",
        requestId: String
    ) {
        var headers = HTTPFields()
        headers[.contentType] = type
        headers[.requestId] = requestId
        self.init(
            status: status, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: json)))
    }

    /// A failed call, as RFC 9457 has it.
    init(_ problem: Problem, requestId: String) {
        self.init(
            json: problem.json, status: HTTPResponse.Status(code: problem.status),
            type: "application/problem+json", requestId: requestId)
        if let seconds = problem.retryAfterSeconds { headers[.retryAfter] = String(seconds) }
        if problem.code == .unauthenticated { headers[.wwwAuthenticate] = "Bearer" }
    }
}

extension Response {
    /// A page that stands on its own.
    init(page: [UInt8], requestId: String) {
        self.init(json: page, type: InvoicePage.contentType, requestId: requestId)
        headers[.contentSecurityPolicy] = InvoicePage.policy
        headers[.xContentTypeOptions] = "nosniff"
        headers[.cacheControl] = "private"
    }
}

extension Request {
    /// The value of the header with this name.
    func header(_ name: String) -> String? { HTTPField.Name(name).flatMap { headers[$0] } }
}

extension HTTPField.Name {
    /// Names the call: the same id as in the logs.
    static let requestId = known("x-request-id")

    /// A name that is one for certain.
    static func known(_ text: StaticString) -> Self {
        guard let name = Self(text.description) else { preconditionFailure("not a header's name") }
        return name
    }
}
