internal import Foundation
internal import Logging
internal import Synchronization

/// Sends batches, and tells each event's fate to whoever waits for it.
final class Ingest: Sendable {
    private let transport: Transport
    private let onError: TallystickOptions.ErrorHandler?
    private let sums = Mutex(EventCounts())
    private let silentUntil = Mutex<ContinuousClock.Instant?>(nil)
    private let logger = Logger(label: "tallystick")

    init(_ transport: Transport, onError: TallystickOptions.ErrorHandler?) {
        self.transport = transport
        self.onError = onError
    }

    var counts: EventCounts { sums.withLock { $0 } }

    /// A body that the server does not take as a whole may be one event's fault.
    ///
    /// Such a batch is halved until that event stands alone.
    private static let oneMayBeToBlame: Set = [400, 413, 422]

    /// Settles a batch.
    func send(_ batch: [Entry]) async {
        do throws(TallystickError) {
            let answer = try await transport.post("ingestEvent", Self.body(batch)) { bytes in
                let answer = try JSONDecoder().decode(IngestResult.self, from: bytes)
                // Else it is not the server that answered, but something on the way to it.
                return answer.count == batch.count ? answer : nil
            }
            settle(batch, answer)
        } catch {
            guard batch.count > 1, case .refused(let status, _, _) = error,
                Self.oneMayBeToBlame.contains(status)
            else { return fail(batch, error) }
            let middle = batch.count / 2
            await send(Array(batch[..<middle]))
            await send(Array(batch[middle...]))
        }
    }

    private static func body(_ batch: [Entry]) -> [UInt8] {
        var body = Array(#"{"events":["#.utf8)
        body.reserveCapacity(batch.reduce(16) { $0 + $1.bytes })
        for (index, entry) in batch.enumerated() {
            if index > 0 { body.append(UInt8(ascii: ",")) }
            body += entry.json
        }
        body += Array("]}".utf8)
        return body
    }

    /// Gives events up.
    func fail(_ batch: [Entry], _ error: TallystickError) {
        guard !batch.isEmpty else { return }
        sums.withLock { $0.lost += batch.count }
        tell(batch, error)
    }

    /// An event that could not even be written.
    func fail(_ error: TallystickError) {
        sums.withLock { $0.lost += 1 }
        report(error, [])
    }

    private func settle(_ batch: [Entry], _ answer: IngestResult) {
        sums.withLock { sums in
            sums.accepted += answer.accepted
            sums.duplicates += answer.duplicates
            sums.conflicts += answer.conflicts
            sums.rejected += answer.rejected
            sums.unbilled += answer.unbilled
        }
        let special = Dictionary(answer.results.map { ($0.index, $0) }) { $1 }
        for (index, entry) in batch.enumerated() {
            let result = special[index]
            switch result?.status {
            case .rejected: tell([entry], .rejected(result?.error ?? "rejected"))
            case .conflict: tell([entry], .conflict(result?.error ?? "conflict"))
            case .accepted, .duplicate, nil:
                guard let waiter = entry.waiter, let event = entry.event else { continue }
                waiter.resume(
                    returning: .success(
                        Tracked(
                            customerEventId: event.customerEventId,
                            isDuplicate: result?.status == .duplicate, late: result?.late ?? [])))
            }
        }
    }

    private func tell(_ batch: [Entry], _ error: TallystickError) {
        for entry in batch { entry.waiter?.resume(returning: .failure(error)) }
        let unwatched = batch.filter { $0.waiter == nil }
        if !unwatched.isEmpty { report(error, unwatched.compactMap(\.event)) }
    }

    private func report(_ error: TallystickError, _ events: [UsageEvent]) {
        if let onError { return onError(error, events) }
        let speaks = silentUntil.withLock { until in
            guard until.map({ $0 <= .now }) ?? true else { return false }
            until = .now + ClientLimits.silence
            return true
        }
        guard speaks else { return }
        logger.error(
            "usage events will not be billed",
            metadata: ["reason": "\(error)", "lost": "\(counts.lost)"])
    }
}

extension Entry {
    /// The event that was written.
    fileprivate var event: UsageEvent? {
        try? JSONDecoder().decode(UsageEvent.self, from: Data(json))
    }
}
