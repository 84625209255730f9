import Foundation

/// Many connections with one small request each under way, all driven by one thread.
///
/// A thread a connection would cost two changes of context a request; answers of a group of
/// requests come together, and one `poll` finds them all.
struct RequestLoop {
    let port: Int
    let connections: Int
    /// Whether answers hold the counts of `ingestEvent`.
    var countsEvents = false

    /// Sends requests until there are no more, and waits for the last answers.
    ///
    /// - Parameter sendNext: sends a request over the connection; false where there is none.
    /// - Throws: `LoadFailure` where an answer is not 200.
    func run(sendNext: (HTTPConnection) throws -> Bool) throws -> LoadResult {
        let open = try (0..<connections).map { _ in try HTTPConnection(port: port) }
        var waiting = open.map { pollfd(fd: $0.descriptor, events: Int16(POLLIN), revents: 0) }
        var sentAt = open.map { _ in ContinuousClock.now }
        var result = LoadResult()
        let cpu = CPUTime.ofThisProcess
        let start = ContinuousClock.now
        var underWay = 0
        /// Leaves a connection alone once there is nothing to send.
        func send(over index: Int) throws {
            sentAt[index] = ContinuousClock.now
            if try sendNext(open[index]) { underWay += 1 } else { waiting[index].fd = -1 }
        }
        for index in open.indices { try send(over: index) }
        while underWay > 0 {
            guard poll(&waiting, nfds_t(waiting.count), -1) >= 0 else {
                if errno == EINTR { continue }
                throw LoadFailure.system("poll")
            }
            for index in open.indices where waiting[index].fd >= 0 && waiting[index].revents != 0 {
                guard try open[index].receive() else { continue }
                result.latencies.record(ContinuousClock.now - sentAt[index])
                try open[index].requireSuccess()
                if countsEvents { result.counts += try AnswerCounts(open[index].body) }
                result.events += 1
                underWay -= 1
                try send(over: index)
            }
        }
        result.length = ContinuousClock.now - start
        result.clientCPU = CPUTime.ofThisProcess - cpu
        return result
    }
}
