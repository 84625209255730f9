import CZlib
import FunctionKit
import NIOCore

/// How a body is packed.
enum ContentCoding {
    case identity
    case gzip

    /// - Parameter field: the header `Content-Encoding`, nil where there is none.
    /// - Throws: `Problem` with `.unsupportedMediaType` for any other coding, several included.
    init(_ field: String?) throws(Problem) {
        switch field?.lowercased() {
        case nil, "", "identity": self = .identity
        case "gzip", "x-gzip": self = .gzip
        case let other?:
            throw Problem(
                .unsupportedMediaType, "Content-Encoding: \(other) is not taken; gzip is")
        }
    }
}

/// A gzip body and what it unpacks to.
enum Gzip {
    /// Nobody sends fewer bytes than an empty stream has.
    private static let frameBytes = 18

    /// How many bytes `packed` says that it unpacks to, as far as they are allowed.
    ///
    /// The stream's last four bytes say so; they are wrong where it has several members, or lies.
    static func announcedBytes(_ packed: ByteBuffer) -> Int {
        guard packed.readableBytes >= frameBytes,
            let size = packed.getInteger(
                at: packed.writerIndex - 4, endianness: .little, as: UInt32.self)
        else { return 0 }
        return min(Int(size), Limits.bodyBytes)
    }

    /// - Parameter padding: bytes that are left free behind what comes out.
    /// - Throws: `Problem` where it is no gzip, or more than `Limits.bodyBytes`.
    static func unpack(_ packed: ByteBuffer, padding: Int) throws(Problem) -> ByteBuffer {
        let announced = announcedBytes(packed)
        for room in [announced, Limits.bodyBytes] {
            var buffer = ByteBufferAllocator().buffer(capacity: room + padding)
            let count = packed.withUnsafeReadableBytes { packed in
                buffer.withUnsafeMutableWritableBytes { unpack(packed, into: $0, room: room) }
            }
            switch count {
            case Int(CZLIB_TOO_LARGE) where room < Limits.bodyBytes: continue
            case Int(CZLIB_TOO_LARGE): throw BodyReader.tooLarge
            case Int(CZLIB_NO_MEMORY): throw Problem(.overloaded, "no memory; try again")
            case ..<0: throw Problem(.malformedJSON, "the body is not gzip, damaged or cut off")
            default:
                buffer.moveWriterIndex(forwardBy: count)
                return buffer
            }
        }
        throw BodyReader.tooLarge
    }

    private static func unpack(
        _ packed: UnsafeRawBufferPointer, into output: UnsafeMutableRawBufferPointer, room: Int
    ) -> Int {
        let bytes = packed.bindMemory(to: UInt8.self)
        let target = output.bindMemory(to: UInt8.self)
        guard let source = bytes.baseAddress, let start = target.baseAddress else {
            return Int(CZLIB_BROKEN)
        }
        return czlib_unpack(source, bytes.count, start, room)
    }
}
