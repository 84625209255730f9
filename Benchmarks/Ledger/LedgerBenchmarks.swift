import Billing
import Dispatch
import Foundation
import JSON
import Ledger
import LedgerSQLite
import Logging

/// What an event costs from a request's body to its commit, in one process and by one caller: read,
/// hashed, deduplicated, appended, folded into three charges and synced, 1,000 at a time.
enum LedgerBenchmarks {
    static func all() throws -> [Benchmark] {
        let ledger = try ScratchLedger()
        let body = ScratchBody()
        return [
            Benchmark(
                .ledger, "an event, from body to commit, three meters",
                operations: ScratchBody.events, allocationLimit: 1
            ) {
                body.next()
                return try ledger.append(body.bytes)
            }
        ]
    }
}

/// A ledger in a folder of its own, which goes with it.
private final class ScratchLedger {
    private let folder: URL
    private let ledger: SQLiteLedger
    private let now = Instant(seconds: 1_768_000_000)

    init() throws {
        // Beside the build: a folder in memory would sync nothing.
        folder = URL(fileURLWithPath: FileManager.default.currentDirectoryPath)
            .appendingPathComponent(
                ".build/bench-ledger-\(ProcessInfo.processInfo.processIdentifier)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        var quiet = Logger(label: "bench")
        quiet.logLevel = .critical
        ledger = try SQLiteLedger.open(
            folder.appendingPathComponent("ledger.db").path, logger: quiet)
        let (ledger, now) = (ledger, now)
        try Self.wait { try await Self.populate(ledger, now) }
    }

    deinit {
        try? Self.wait { [ledger] in await ledger.shutdown() }
        try? FileManager.default.removeItem(at: folder)
    }

    /// - Returns: how many events were taken.
    func append(_ body: [UInt8]) throws -> Int {
        let document = try JSONDocument.parse(body)
        guard let events = document.root.member("events") else { return 0 }
        let batch = EventBatch(Array(events.children))
        let (ledger, now) = (ledger, now)
        let outcomes = try Self.wait { try await ledger.append(batch.events, at: now) }
        guard outcomes.allSatisfy({ if case .accepted = $0 { true } else { false } }) else {
            throw Disagreement(what: "an event was not accepted")
        }
        return outcomes.count
    }

    private static func populate(_ ledger: SQLiteLedger, _ now: Instant) async throws {
        let catalog = try Reading.value(ThreeMeters.catalog) { value in
            guard var reader = value.object() else { return Catalog?.none }
            return Catalog(&reader)
        }
        _ = try await ledger.apply(catalog, dryRun: false, at: now)
        for index in 0..<ScratchBody.customers {
            let id = ScratchBody.customer(index)
            let customer = try Reading.value(#"{"id":"\#(id)","timezone":"UTC"}"#, Customer.init)
            _ = try await ledger.upsert(customer, at: now)
            _ = try await ledger.create(
                NewSubscription(
                    id: Identifier(checked: Array("s-\(id)".utf8)), customerId: customer.id,
                    plan: ThreeMeters.plan, startsAt: Instant(seconds: 1_767_225_600), endsAt: nil),
                at: now)
        }
    }

    /// Runs `body` to its end on this thread's behalf.
    private static func wait<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value
    ) throws -> Value {
        let done = DispatchSemaphore(value: 0)
        let answer = Answer<Value>()
        Task {
            do { answer.result = .success(try await body()) } catch {
                answer.result = .failure(error)
            }
            done.signal()
        }
        done.wait()
        guard let result = answer.result else { throw Disagreement(what: "no answer came") }
        return try result.get()
    }

    /// Written once before the signal, read once after it.
    private final class Answer<Value: Sendable>: @unchecked Sendable {
        var result: Result<Value, any Error>?
    }
}

/// A request's body whose events have ids of their own each time.
private final class ScratchBody {
    static let events = 1000
    static let customers = 100

    private(set) var bytes: [UInt8] = []
    /// Where the digits of each event's id end.
    private var ends: [Int] = []
    private var round = 0

    static func customer(_ index: Int) -> String { "customer-\(index)" }

    init() {
        bytes = Array("{\"events\":[".utf8)
        for index in 0..<Self.events {
            bytes += Array(
                "\(index == 0 ? "" : ","){\"customerEventId\":\"event-\(index)-00000000".utf8)
            ends.append(bytes.count)
            bytes += Array(
                """
                ","customerId":"\(Self.customer(index % Self.customers))","eventName":"\
                call","timestamp":"2026-01-05T10:11:12.345Z","properties":{\
                "units":\(index % 90).25,"userId":"user-\(index % 50)","region":"eu-west"}}
                """.utf8)
        }
        bytes += Array("]}".utf8)
    }

    /// Gives every event another id.
    func next() {
        round += 1
        for end in ends {
            var rest = round
            for place in 1...8 {
                bytes[end - place] = UInt8(ascii: "0") + UInt8(rest % 10)
                rest /= 10
            }
        }
    }
}
