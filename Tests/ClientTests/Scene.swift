import Foundation
import SocketServer
import Synchronization
import TallystickClient

/// A client of a scripted server, what the server was asked, and what the client's hooks were told.
final class Scene: Sendable {
    struct Failure: Sendable {
        let error: TallystickError
        let events: [UsageEvent]
    }

    private final class Record: Sendable {
        let requests = Mutex<[SocketRequest]>([])
        let failures = Mutex<[Failure]>([])
        let waits = Mutex<[Duration]>([])
    }

    let usage: Tallystick
    let server: SocketServer
    private let record: Record

    /// - Parameter answer: to a request, and how many came before.
    init(
        _ change: (inout TallystickOptions) -> Void = { _ in },
        _ answer: @escaping @Sendable (SocketRequest, Int) -> SocketReply
    ) throws {
        let record = Record()
        server = try SocketServer { request in
            let before = record.requests.withLock { requests in
                requests.append(request)
                return requests.count - 1
            }
            return answer(request, before)
        }
        var options = TallystickOptions()
        options.firstRetryWait = .milliseconds(1)
        options.longestRetryWait = .milliseconds(2)
        options.onError = { error, events in
            record.failures.withLock { $0.append(Failure(error: error, events: events)) }
        }
        options.onRetry = { _, wait in record.waits.withLock { $0.append(wait) } }
        change(&options)
        usage = try Tallystick(url: server.url, apiKey: "tsk_1", options: options)
        self.record = record
    }

    var requests: [SocketRequest] { record.requests.withLock { $0 } }
    var failures: [Failure] { record.failures.withLock { $0 } }
    var waits: [Duration] { record.waits.withLock { $0 } }
    /// The ids of each request's events.
    var ids: [[String]] { requests.map { $0.events.map(\.customerEventId) } }

    /// Tracks an event without waiting for anything.
    func track(_ id: String, _ properties: [String: PropertyValue]? = nil) {
        usage.trackNow("call", customerId: "acme", properties: properties, customerEventId: id)
    }
}

extension SocketRequest {
    /// The events of a batch.
    var events: [UsageEvent] {
        struct Body: Decodable { let events: [UsageEvent] }
        return (try? JSONDecoder().decode(Body.self, from: Data(body)))?.events ?? []
    }
}

extension SocketReply {
    /// The answer to a batch whose events are all accepted, save those of `results`.
    static func taken(
        _ request: SocketRequest, duplicates: Int = 0, conflicts: Int = 0, rejected: Int = 0,
        results: String = ""
    ) -> SocketReply {
        let accepted = request.events.count - duplicates - conflicts - rejected
        return .answer(
            200,
            body: """
                {"accepted":\(accepted),"duplicates":\(duplicates),"conflicts":\(conflicts),\
                "rejected":\(rejected),"unbilled":0,"results":[\(results)]}
                """)
    }
}
