import Foundation

/// A connection to the server that is kept alive; one thread at a time has it.
final class HTTPConnection {
    let descriptor: Int32
    private var received = [UInt8](repeating: 0, count: 64 * 1024)
    private var end = 0
    private var answer: AnswerHead?

    init(port: Int) throws {
        #if canImport(Glibc)
            descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        #else
            descriptor = socket(AF_INET, SOCK_STREAM, 0)
        #endif
        guard descriptor >= 0 else { throw LoadFailure.system("socket") }
        var yes: Int32 = 1
        setsockopt(
            descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = in_port_t(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let code = withUnsafeBytes(of: &address) { bytes in
            bytes.withMemoryRebound(to: sockaddr.self) {
                connect(descriptor, $0.baseAddress, socklen_t(bytes.count))
            }
        }
        guard code == 0 else { throw LoadFailure.system("connect") }
    }

    /// Takes the side of the server: what is received are requests, and what is sent answers.
    init(accepted descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    func send(_ request: UnsafeRawBufferPointer) throws {
        var rest = request
        while !rest.isEmpty {
            let count = Foundation.send(descriptor, rest.baseAddress, rest.count, 0)
            guard count > 0 else {
                if count < 0, errno == EINTR { continue }
                throw LoadFailure.system("send")
            }
            rest = UnsafeRawBufferPointer(rebasing: rest[count...])
        }
        (end, answer) = (0, nil)
    }

    func send(_ request: [UInt8]) throws { try request.withUnsafeBytes { try send($0) } }

    /// Reads once, and waits where there is nothing to read.
    ///
    /// - Returns: whether the answer is complete.
    func receive() throws -> Bool {
        if end == received.count { received += [UInt8](repeating: 0, count: received.count) }
        let count = received.withUnsafeMutableBytes { bytes in
            recv(descriptor, bytes.baseAddress.map { $0 + end }, bytes.count - end, 0)
        }
        guard count > 0 else {
            if count < 0, errno == EINTR { return false }
            if count == 0 { throw LoadFailure("the server closed the connection") }
            throw LoadFailure.system("recv")
        }
        end += count
        if answer == nil { answer = try AnswerHead(received[..<end]) }
        guard let answer else { return false }
        return end >= answer.length + answer.bodyLength
    }

    /// Sends a request and waits for its answer.
    func exchange(_ request: UnsafeRawBufferPointer) throws {
        try send(request)
        while try !receive() {}
    }

    func exchange(_ request: [UInt8]) throws {
        try send(request)
        while try !receive() {}
    }

    /// Of the last answer; 0 before it is complete.
    var status: Int { answer?.status ?? 0 }

    /// Head and body of what was received last.
    var message: ArraySlice<UInt8> {
        guard let answer else { return [] }
        return received[..<(answer.length + answer.bodyLength)]
    }

    var body: ArraySlice<UInt8> {
        guard let answer else { return [] }
        return received[answer.length..<answer.length + answer.bodyLength]
    }

    /// - Throws: `LoadFailure` with what the server said, if it did not answer 200.
    func requireSuccess() throws {
        guard status == 200 else {
            let text = String(decoding: body.prefix(500), as: UTF8.self)
            throw LoadFailure("status \(status): \(text)")
        }
    }
}

/// The load could not be driven, or the server did not do what it was asked.
struct LoadFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }

    static func system(_ call: String) -> LoadFailure {
        LoadFailure("\(call): \(String(cString: strerror(errno)))")
    }
}
