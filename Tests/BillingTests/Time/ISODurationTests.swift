import Billing
import JSON
import Testing

struct ISODurationTests {
    @Test(arguments: [
        ("PT0S", 0, "PT0S"), ("P0D", 0, "PT0S"), ("PT24H", 86_400_000_000, "PT24H"),
        ("P1D", 86_400_000_000, "PT24H"), ("P2W", 1_209_600_000_000, "PT336H"),
        ("PT1M", 60_000_000, "PT1M"), ("PT90M", 5_400_000_000, "PT1H30M"),
        ("PT3600S", 3_600_000_000, "PT1H"), ("P1DT2H3M4S", 93_784_000_000, "PT26H3M4S"),
        ("P1DT1S", 86_401_000_000, "PT24H1S"), ("PT1H1S", 3_601_000_000, "PT1H1S"),
        ("PT0.5S", 500_000, "PT0.5S"), ("PT1.000001S", 1_000_001, "PT1.000001S"),
        ("PT0.0000019S", 1, "PT0.000001S"), ("PT1M0.25S", 60_250_000, "PT1M0.25S"),
        ("PT007S", 7_000_000, "PT7S"), ("P3653D", 315_619_200_000_000, "PT87672H"),
    ])
    func readsAndWrites(_ text: String, _ microseconds: Int64, _ written: String) throws {
        let duration = try ISODuration.parse(text.utf8)
        #expect(duration == .microseconds(microseconds))
        #expect(ISODuration.text(duration) == written)
        #expect(try ISODuration.parse(written.utf8) == duration)
    }

    @Test(arguments: [
        ("", ISODurationError.malformed), ("P", .malformed), ("PT", .malformed),
        ("P1DT", .malformed), ("1D", .malformed), ("P1", .malformed), ("PT1", .malformed),
        ("p1d", .malformed), ("PT1h", .malformed), ("P1D ", .malformed), (" P1D", .malformed),
        ("P1H", .malformed), ("PT1D", .malformed), ("PT1W", .malformed), ("P1W1D", .malformed),
        ("P1WT1H", .malformed), ("P1D1W", .malformed), ("P1D1D", .malformed),
        ("PT1M1H", .malformed), ("PT1S1M", .malformed), ("PT1H1H", .malformed),
        ("PT1HT1M", .malformed), ("P1.5D", .malformed), ("P0.5W", .malformed),
        ("PT1.5H", .malformed), ("PT1.5M", .malformed), ("PT1.S", .malformed),
        ("PT.5S", .malformed), ("PT1,5S", .malformed), ("P+1D", .malformed),
        ("P1D2", .malformed), ("24h", .malformed), ("2026-01-31", .malformed),
        ("-P1D", .negative), ("P-1D", .negative), ("PT-5M", .negative),
        ("P1M", .calendarUnit), ("P1Y", .calendarUnit), ("P1Y2M3D", .calendarUnit),
        ("P3654D", .tooLong), ("P3653DT1S", .tooLong), ("PT999999999999999999999S", .tooLong),
        ("P99999999W", .tooLong), ("PT315619200.000001S", .tooLong),
    ])
    func refuses(_ text: String, _ error: ISODurationError) {
        #expect(throws: error) { try ISODuration.parse(text.utf8) }
    }

    @Test func aFieldTellsWhatIsWrong() throws {
        #expect(try reading("\"PT1M\"") { $0.duration() }.value == .seconds(60))
        let number = try reading("60") { $0.duration() }
        #expect(number.issues.map(\.severity) == [.malformed])
        let month = try reading("\"P1M\"") { $0.duration() }
        #expect(month.value == nil)
        #expect(month.issues.map(\.detail) == [ISODurationError.calendarUnit.description])
    }
}
