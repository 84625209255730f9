import FunctionKit
import HTTPTypes
import Hummingbird
import JSON
import NIOCore

/// Reads a request's body and parses it where it lies.
struct BodyReader: Sendable {
    let budget: BodyBudget

    // simdjson reads this far past the end, so with room for it nothing is copied.
    static let padding = 64

    /// The body as JSON, faulty values kept; an empty one is `{}`.
    func document(of request: Request) async throws(Problem) -> JSONDocument {
        let declared = try declaredLength(of: request)
        let coding = try ContentCoding(request.headers[.contentEncoding])
        return try await budget.with(declared ?? Limits.bodyBytes) { () throws(Problem) in
            let buffer = try await collect(request, declared: declared)
            guard buffer.readableBytes > 0, coding == .gzip else { return try Self.read(buffer) }
            // What it announces may be a lie, so all that it may come to is set aside.
            return try await budget.with(Limits.bodyBytes) { () throws(Problem) in
                try Self.read(Gzip.unpack(buffer, padding: Self.padding))
            }
        }
    }

    /// A body that is not packed as JSON, faulty values kept; an empty one is `{}`.
    static func read(_ buffer: ByteBuffer) throws(Problem) -> JSONDocument {
        do throws(JSONError) {
            guard buffer.readableBytes > 0 else { return try JSONDocument.parse(Self.nothing) }
            return try Self.parse(buffer)
        } catch { throw error.problem }
    }

    private static let nothing = Array("{}".utf8)

    private func declaredLength(of request: Request) throws(Problem) -> Int? {
        guard let length = request.headers[.contentLength].flatMap({ Int($0) }) else { return nil }
        guard length <= Limits.bodyBytes else { throw Self.tooLarge }
        return length
    }

    private func collect(
        _ request: Request, declared: Int?
    ) async throws(Problem) -> ByteBuffer {
        var buffer = ByteBufferAllocator().buffer(capacity: (declared ?? 4096) + Self.padding)
        do {
            try await request.body.collect(upTo: Limits.bodyBytes, into: &buffer)
        } catch is NIOTooManyBytesError {
            throw Self.tooLarge
        } catch {
            throw Problem(.malformedJSON, "the body could not be read to its end")
        }
        // A connection that is cut reads as the end of the body.
        if let declared, buffer.readableBytes != declared {
            throw Problem(
                .malformedJSON,
                "the body ended after \(buffer.readableBytes) of \(declared) bytes")
        }
        return buffer
    }

    private static func parse(_ buffer: ByteBuffer) throws(JSONError) -> JSONDocument {
        var result: Result<JSONDocument, JSONError>?
        let end = buffer.storageCapacity - buffer.readerIndex
        buffer.withUnsafeReadableBytes { bytes in
            result = Result { () throws(JSONError) in
                try JSONDocument(bytes, capacity: end, keepsFaults: true)
            }
        }
        guard let result else { throw .outOfMemory }
        return try result.get()
    }

    static let tooLarge = Problem(
        .bodyTooLarge, "a body has at most \(Limits.bodyBytes) bytes, unpacked; send less at once")
}
