import CTestTLS
import Foundation

/// A system call failed; `errno` says why.
package struct SocketServerError: Error {
    package let code = errno
}

/// A socket bound to a free port, which refuses until somebody listens on it.
package final class BoundSocket: Sendable {
    package let port: UInt16
    let descriptor: Int32

    /// - Parameter host: the last byte of an address in 127.0.0.0/24.
    package init(host: UInt8 = 1) throws {
        #if os(Linux)
            let stream = Int32(SOCK_STREAM.rawValue)
        #else
            let stream = SOCK_STREAM
        #endif
        descriptor = socket(AF_INET, stream, 0)
        guard descriptor >= 0 else { throw SocketServerError() }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = (0x7F00_0000 | UInt32(host)).bigEndian
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let descriptor = descriptor
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { pointer in
                bind(descriptor, pointer, length) == 0
                    && getsockname(descriptor, pointer, &length) == 0
            }
        }
        guard bound else {
            close(descriptor)
            throw SocketServerError()
        }
        port = UInt16(bigEndian: address.sin_port)
    }

    deinit {
        close(descriptor)
    }
}

/// One accepted connection, closed when it goes.
struct SocketConnection: ~Copyable {
    private let descriptor: Int32
    private let tls: OpaquePointer?
    private var unread: [UInt8] = []

    /// Nil where the other side does not want to shake hands.
    init?(_ descriptor: Int32, _ identity: TLSIdentity?, offersHTTP2: Bool) {
        self.descriptor = descriptor
        guard let identity else {
            tls = nil
            return
        }
        tls = tls_session_accept(identity.pointer, descriptor, offersHTTP2)
        if tls == nil {
            close(descriptor)
            return nil
        }
    }

    deinit {
        if let tls { tls_session_free(tls) }
        close(descriptor)
    }

    var speaksHTTP2: Bool { tls.map(tls_session_speaks_http2) ?? false }

    /// The next request with its body; nil where the connection ends first.
    mutating func readRequest() -> SocketRequest? {
        let separator = Array("\r\n\r\n".utf8)
        while true {
            if let range = unread.firstRange(of: separator) {
                let head = String(decoding: unread[..<range.lowerBound], as: UTF8.self)
                unread.removeSubrange(..<range.upperBound)
                return request(head: head)
            }
            guard readMore() else { return nil }
        }
    }

    private mutating func request(head: String) -> SocketRequest? {
        let lines = head.split(separator: "\r\n").map(String.init)
        let words = lines[0].split(separator: " ").map(String.init)
        guard words.count == 3 else { return nil }
        let headers = lines.dropFirst().compactMap { line -> (name: String, value: String)? in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            return (name: String(line[..<colon]), value: String(value))
        }
        let declared = headers.first { $0.name.lowercased() == "content-length" }?.value
        let count = declared.flatMap { Int($0) } ?? 0
        while unread.count < count {
            guard readMore() else { return nil }
        }
        let body = Array(unread.prefix(count))
        unread.removeFirst(count)
        return SocketRequest(method: words[0], target: words[1], headers: headers, body: body)
    }

    /// Sends all of it; false where the other side has gone.
    @discardableResult
    borrowing func send(_ bytes: [UInt8]) -> Bool {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                let rest = UnsafeRawBufferPointer(rebasing: buffer[sent...])
                if let tls, let start = rest.baseAddress {
                    return Int(tls_session_write(tls, start, Int32(rest.count)))
                }
                return Foundation.send(
                    descriptor, rest.baseAddress, rest.count, Int32(MSG_NOSIGNAL))
            }
            guard count > 0 else { return false }
            sent += count
        }
        return true
    }

    /// So many bytes; nil where the connection ends first.
    mutating func read(_ count: Int) -> [UInt8]? {
        while unread.count < count {
            guard readMore() else { return nil }
        }
        let bytes = Array(unread.prefix(count))
        unread.removeFirst(count)
        return bytes
    }

    mutating func waitForEnd() {
        while readMore() {}
    }

    private mutating func readMore() -> Bool {
        var buffer = [UInt8](repeating: 0, count: 65_536)
        let count =
            tls.map { Int(tls_session_read($0, &buffer, Int32(buffer.count))) }
            ?? Foundation.read(descriptor, &buffer, buffer.count)
        guard count > 0 else { return false }
        unread.append(contentsOf: buffer[..<count])
        return true
    }
}
