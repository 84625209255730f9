import Testing
@testable import tallystick

@Suite("Progress of a command")
struct ProgressLineTests {
    struct Sample: Sendable, CustomTestStringConvertible {
        let name: String
        let progress: ProgressLine
        let text: String
        var testDescription: String { name }
    }

    static let samples = [
        Sample(
            name: "half way",
            progress: ProgressLine(
                things: "events", count: 10_000, done: 50, total: 100, microseconds: 2_000_000),
            text: "50 %, 10000 events, 5000/s, 0:02 left"),
        Sample(
            name: "almost done is not 100 %",
            progress: ProgressLine(
                things: "events", count: 9, done: 999, total: 1_000, microseconds: 1_000_000),
            text: "99 %, 9 events, 9/s, 0:01 left"),
        Sample(
            name: "hours left",
            progress: ProgressLine(
                things: "events", count: 1, done: 1, total: 7_502, microseconds: 1_000_000),
            text: "0 %, 1 events, 1/s, 2:05:01 left"),
        Sample(
            name: "size not known",
            progress: ProgressLine(
                things: "events", count: 7, done: 10, total: nil, microseconds: 1_000_000),
            text: "7 events, 7/s"),
        Sample(
            name: "nothing yet",
            progress: ProgressLine(things: "events", count: 0, done: 0, total: 10, microseconds: 0),
            text: "0 %, 0 events, 0/s"),
    ]

    @Test("as text", arguments: samples)
    func text(_ sample: Sample) {
        #expect(sample.progress.text == sample.text)
    }

    @Test("the bar keeps to the terminal's width", arguments: [10, 40, 60, 80, 200])
    func bar(columns: Int) {
        for sample in Self.samples {
            #expect(sample.progress.bar(columns: columns).count <= columns)
        }
    }

    @Test("the bar fills with the bytes")
    func filled() {
        let bar = Self.samples[0].progress.bar(columns: 120)
        #expect(bar.hasPrefix("[" + String(repeating: "#", count: 20) + "-"))
    }
}
