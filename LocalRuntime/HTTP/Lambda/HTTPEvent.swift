import Foundation
import FunctionKit
import HTTPTypes
import JSON
import NIOCore

/// An HTTP request as API Gateway hands it to a Lambda function, payload format 2.0.
struct HTTPEvent {
    private let headers: JSONNode?
    private let body: JSONNode?
    private let isBase64: Bool

    /// - Returns: nil for any other payload.
    init?(_ payload: JSONNode) {
        guard payload.member("version")?.string == "2.0",
            payload.member("requestContext")?.member("http")?.kind == .object
        else { return nil }
        headers = payload.member("headers")
        body = payload.member("body").flatMap { $0.isNull ? nil : $0 }
        isBase64 = payload.member("isBase64Encoded")?.kind == .true
    }

    /// The value of a header; API Gateway writes their names in lower case.
    private func header(_ name: String) -> String? {
        headers?.member(name).flatMap { $0.kind == .string ? $0.string : nil }
    }

    /// What the function is called with; without a body `{}`.
    func document(for function: String) throws(Problem) -> JSONDocument {
        let events = try CloudEvents(for: function, header)
        if events == nil { try MediaType.requireJSON(header("content-type")) }
        var bytes = body?.text ?? []
        if isBase64 {
            guard let data = Data(base64Encoded: Data(bytes)) else {
                throw Problem(.malformedJSON, "the body is not base64")
            }
            bytes = Array(data)
        }
        var buffer = ByteBuffer(bytes: bytes)
        if try ContentCoding(header("content-encoding")) == .gzip, !bytes.isEmpty {
            buffer = try Gzip.unpack(buffer, padding: BodyReader.padding)
        }
        let document = try BodyReader.read(buffer)
        return try events?.request(document) ?? document
    }

    /// What a Lambda function answers to API Gateway: `{statusCode, headers, body}`.
    static func answer(_ outcome: Result<[UInt8], Problem>) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            switch outcome {
            case .success(let json):
                write(200, "application/json", json, to: &writer)
            case .failure(let problem):
                write(
                    problem.status, "application/problem+json", problem.json,
                    retryAfter: problem.retryAfterSeconds, to: &writer)
            }
        }
        return writer.bytes
    }

    private static func write(
        _ status: Int, _ type: String, _ body: [UInt8], retryAfter: Int? = nil,
        to writer: inout JSONWriter
    ) {
        writer.member("statusCode", status)
        writer.key("headers")
        writer.object { writer in
            writer.member("content-type", type)
            if let retryAfter { writer.member("retry-after", String(retryAfter)) }
        }
        writer.key("body")
        writer.string(body)
    }
}
