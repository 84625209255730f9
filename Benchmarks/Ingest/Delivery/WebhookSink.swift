import Foundation
import Synchronization

/// Receives webhooks on one thread, keeps them, and answers as many as it may.
///
/// What comes beyond that is read and waits for its answer, so a turn begins and ends when it is
/// told.
final class WebhookSink: Sendable {
    private struct Count {
        var allowed = 0
        var answered = 0
        var isStopped = false
        var failure: (any Error)?
    }

    let port: Int
    private let listener: Int32
    /// What is written to the second is read from the first, and wakes the thread.
    private let wake: (read: Int32, write: Int32)
    private let count = Mutex(Count())
    private let kept = Mutex<[(request: [UInt8], at: ContinuousClock.Instant)]>([])
    private let keeps: Bool
    private let turn = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)

    private static let answer = Array("HTTP/1.1 204 No Content\r\ncontent-length: 0\r\n\r\n".utf8)

    /// - Parameter keeps: whether requests are kept to be looked at later.
    init(keeps: Bool) throws {
        self.keeps = keeps
        listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let (listener, size) = (listener, length)
        let isOpen = withUnsafeMutableBytes(of: &address) { bytes in
            bytes.withMemoryRebound(to: sockaddr.self) {
                bind(listener, $0.baseAddress, size) == 0 && listen(listener, 1_024) == 0
                    && getsockname(listener, $0.baseAddress, &length) == 0
            }
        }
        var ends: [Int32] = [0, 0]
        guard isOpen, pipe(&ends) == 0 else { throw LoadFailure.system("listen") }
        port = Int(in_port_t(bigEndian: address.sin_port))
        wake = (ends[0], ends[1])
        Thread.detachNewThread { [self] in
            do { try serve() } catch { count.withLock { $0.failure = error } }
            turn.signal()
            ended.signal()
        }
    }

    var url: String { "http://127.0.0.1:\(port)/" }

    var requests: [[UInt8]] { kept.withLock { $0.map(\.request) } }
    /// When each of the requests had come.
    var arrivals: [ContinuousClock.Instant] { kept.withLock { $0.map(\.at) } }

    /// Lets it answer so many more.
    func allow(_ more: Int) {
        count.withLock { $0.allowed += more }
        ring()
    }

    /// Waits until it has answered all that it may.
    func waitForLast() throws {
        turn.wait()
        if let failure = count.withLock(\.failure) { throw failure }
    }

    func stop() {
        count.withLock { $0.isStopped = true }
        ring()
        ended.wait()
        for descriptor in [listener, wake.read, wake.write] { close(descriptor) }
    }

    private func ring() { _ = write(wake.write, [1], 1) }

    private func serve() throws {
        var open: [HTTPConnection] = []
        var waiting = [wake.read, listener].map {
            pollfd(fd: $0, events: Int16(POLLIN), revents: 0)
        }
        var held: [HTTPConnection] = []
        while true {
            guard poll(&waiting, nfds_t(waiting.count), -1) >= 0 else {
                if errno == EINTR { continue }
                throw LoadFailure.system("poll")
            }
            if waiting[0].revents != 0 {
                var byte: UInt8 = 0
                _ = read(wake.read, &byte, 1)
                if count.withLock(\.isStopped) { return }
                let ready = held
                held = []
                for connection in ready where !take(connection) { held.append(connection) }
            }
            for place in stride(from: open.count - 1, through: 0, by: -1)
            where waiting[place + 2].revents != 0 {
                do {
                    guard try open[place].receive() else { continue }
                    if keeps {
                        kept.withLock { $0.append((Array(open[place].message), .now)) }
                    }
                    if !take(open[place]) { held.append(open[place]) }
                } catch {
                    // The other side has gone.
                    let gone = open.remove(at: place)
                    waiting.remove(at: place + 2)
                    held.removeAll { $0 === gone }
                }
            }
            if waiting[1].revents != 0 {
                let descriptor = accept(listener, nil, nil)
                guard descriptor >= 0 else { throw LoadFailure.system("accept") }
                open.append(HTTPConnection(accepted: descriptor))
                waiting.append(pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0))
            }
        }
    }

    /// Answers what is complete, if one more may be answered.
    private func take(_ connection: HTTPConnection) -> Bool {
        let (isAllowed, isLast) = count.withLock { count in
            guard count.answered < count.allowed else { return (false, false) }
            count.answered += 1
            return (true, count.answered == count.allowed)
        }
        guard isAllowed else { return false }
        try? connection.send(Self.answer)
        if isLast { turn.signal() }
        return true
    }
}
