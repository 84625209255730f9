import Webhooks

/// A webhook as its receiver got it.
struct Webhook {
    /// Those that are a webhook's own, as lines.
    let headers: [String]
    let body: [UInt8]
    private let fields: [String: String]

    /// - Throws: `LoadFailure` where it is not a whole request.
    init(_ request: [UInt8]) throws {
        guard let end = request.firstRange(of: Array("\r\n\r\n".utf8)) else {
            throw LoadFailure("a request without an end of its head")
        }
        let head = String(decoding: request[..<end.lowerBound], as: UTF8.self)
        let names = [
            "content-type", WebhookSignature.idHeader, WebhookSignature.timestampHeader,
            WebhookSignature.signatureHeader,
        ]
        headers = head.split(separator: "\r\n").map(String.init).filter { line in
            names.contains { line.hasPrefix($0 + ": ") }
        }
        fields = Dictionary(
            headers.compactMap { line in
                line.firstRange(of: ": ").map {
                    (String(line[..<$0.lowerBound]), String(line[$0.upperBound...]))
                }
            }, uniquingKeysWith: { first, _ in first })
        body = Array(request[end.upperBound...])
    }

    var id: String { fields[WebhookSignature.idHeader] ?? "" }

    /// - Throws: `WebhookVerificationError` where the signature is not the endpoint's.
    func verify(_ secret: WebhookSecret) throws {
        let timestamp = fields[WebhookSignature.timestampHeader] ?? ""
        try WebhookSignature.verify(
            id: id, timestamp: timestamp,
            signature: fields[WebhookSignature.signatureHeader] ?? "", body: body,
            secrets: [secret], nowSeconds: Int64(timestamp) ?? 0, toleranceSeconds: 0)
    }
}
