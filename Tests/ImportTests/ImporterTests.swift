import JSON
import Synchronization
import Testing
@testable import tallystick

/// Keeps what it is sent and answers that all was accepted, or what it is told to.
private final class RecordingSink: EventSink {
    private let recorded = Mutex<[[UInt8]]>([])
    let answer: (@Sendable (Int) -> String)?

    var bodies: [[UInt8]] { recorded.withLock(\.self) }

    init(answer: (@Sendable (Int) -> String)? = nil) { self.answer = answer }

    func ingest(_ body: [UInt8]) async throws -> [UInt8] {
        recorded.withLock { $0.append(body) }
        let count = try JSONDocument.parse(body).root.member("events")?.count ?? 0
        let text =
            answer.map { $0(count) }
            ?? #"{"accepted":\#(count),"duplicates":0,"conflicts":0,"rejected":0,"unbilled":1,"results":[]}"#
        return Array(text.utf8)
    }
}

@Suite("Batches in the file's order")
struct ImporterTests {
    private func lines(_ count: Int) -> String {
        (1...count).map { #"{"n":\#($0)}"# }.joined(separator: "\n")
    }

    @Test("at most 1,000 events a call, in order", arguments: [1, 999, 1_000, 1_001, 2_500])
    func batches(count: Int) async throws {
        let sink = RecordingSink()
        var importer = Importer(NDJSONReader(reader(lines(count), chunk: 4_096)), to: sink)
        var reports = 0
        let tally = try await importer.run { _, _ in reports += 1 }
        let sizes = try sink.bodies.map { body in
            try JSONDocument.parse(body).root.member("events")?.count ?? 0
        }
        #expect(sizes == (0..<count).chunks(of: 1_000))
        #expect(reports == sizes.count)
        #expect(tally.accepted == count)
        #expect(tally.unbilled == sizes.count)
        let numbers = try sink.bodies.flatMap { body in
            try JSONDocument.parse(body).root.member("events")?.children
                .map { $0.member("n")?.string ?? "" } ?? []
        }
        #expect(numbers == (1...count).map(String.init))
    }

    @Test("at most 4 MiB a call")
    func largeEvents() async throws {
        let event = #"{"x":"\#(String(repeating: "x", count: 1_000_000))"}"#
        let sink = RecordingSink()
        var importer = Importer(
            NDJSONReader(
                reader(repeatElement(event, count: 9).joined(separator: "\n"), chunk: 262_144)),
            to: sink)
        _ = try await importer.run { _, _ in }
        #expect((sink.bodies.map(\.count).max() ?? 0) <= ImportLimits.batchBytes)
        #expect(sink.bodies.count == 3)
    }

    @Test("what is not taken is listed by line, faults of the file among it")
    func problems() async throws {
        let sink = RecordingSink { _ in
            #"{"accepted":1,"duplicates":1,"conflicts":1,"rejected":1,"unbilled":0,"results":["#
                + #"{"index":0,"customerEventId":"a","status":"duplicate"},"#
                + #"{"index":2,"customerEventId":"c","status":"conflict","error":"other payload"},"#
                + #"{"index":3,"customerEventId":"d","status":"rejected","error":"no time"}]}"#
        }
        var importer = Importer(NDJSONReader(reader("{}\n{}\nno\n{}\n\n{}\n")), to: sink)
        let tally = try await importer.run { _, _ in }
        #expect(tally.rows == 5)
        #expect(!tally.isClean)
        #expect(tally.problems.map(\.line) == [3, 4, 6])
        #expect(tally.problems.map(\.status) == ["rejected", "conflict", "rejected"])
        #expect(tally.problems.map(\.customerEventId) == [nil, "c", "d"])
        let summary = ImportSummary(tally: tally, microseconds: 2_000_500)
        #expect(
            String(decoding: summary.json, as: UTF8.self).hasPrefix(
                #"{"accepted":1,"duplicates":1,"conflicts":1,"rejected":2,"unbilled":0,"#
                    + #""seconds":2.000,"eventsPerSecond":2,"problems":[{"line":3,"#))
        #expect(summary.text.contains("line 4: conflict \"c\": other payload"))
    }

    @Test("a file of faults only calls nobody, and lists the first of them")
    func onlyFaults() async throws {
        let sink = RecordingSink()
        let text = repeatElement("no\n", count: 2_500).joined()
        var importer = Importer(NDJSONReader(reader(text, chunk: 512)), to: sink)
        let tally = try await importer.run { _, _ in }
        #expect(sink.bodies.isEmpty)
        #expect(tally.rejected == 2_500)
        #expect(tally.problems.map(\.line) == Array(1...ImportLimits.listedProblems))
        #expect(ImportSummary(tally: tally, microseconds: 1).text.hasSuffix("and 2480 more"))
    }

    @Test("an answer that does not account for every event is an error")
    func wrongAnswer() async throws {
        let sink = RecordingSink { _ in #"{"accepted":1}"# }
        var importer = Importer(NDJSONReader(reader("{}\n{}")), to: sink)
        await #expect(throws: ImportError("the answer accounts for 1 of 2 events")) {
            _ = try await importer.run { _, _ in }
        }
    }
}

extension Range<Int> {
    fileprivate func chunks(of size: Int) -> [Int] {
        stride(from: lowerBound, to: upperBound, by: size).map { Swift.min(size, upperBound - $0) }
    }
}
