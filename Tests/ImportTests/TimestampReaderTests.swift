import Testing
@testable import tallystick

@Suite("Timestamps of imported files")
struct TimestampReaderTests {
    struct Sample: Sendable, CustomTestStringConvertible {
        let text: String
        var format = TimestampFormat.iso
        var zone: String?
        let utc: String
        var testDescription: String { "\(text) \(format) \(zone ?? "no zone")" }
    }

    static let samples = [
        Sample(text: "2026-01-31T12:00:00Z", utc: "2026-01-31T12:00:00Z"),
        Sample(text: "2026-01-31 12:00:00+05:45", utc: "2026-01-31T06:15:00Z"),
        Sample(text: "2026-01-31T12:00:00Z", zone: "Asia/Tokyo", utc: "2026-01-31T12:00:00Z"),
        Sample(
            text: "2023-11-16 18:17:03.9799609", zone: "UTC", utc: "2023-11-16T18:17:03.97996Z"),
        Sample(text: "2026-07-01 00:00:00", zone: "Europe/Zurich", utc: "2026-06-30T22:00:00Z"),
        Sample(text: "2026-01-01 00:00:00", zone: "Europe/Zurich", utc: "2025-12-31T23:00:00Z"),
        // Clocks go back at 03:00 on 25 October: 02:30 comes twice, the first at +02:00.
        Sample(text: "2026-10-25 02:30:00", zone: "Europe/Zurich", utc: "2026-10-25T00:30:00Z"),
        Sample(text: "2026-01-31T12:00:00", zone: "Pacific/Auckland", utc: "2026-01-30T23:00:00Z"),
        Sample(text: "1700000000", format: .unix, utc: "2023-11-14T22:13:20Z"),
        Sample(text: "1700000000.1234567", format: .unix, utc: "2023-11-14T22:13:20.123456Z"),
        Sample(text: "1700000000123", format: .unixMilliseconds, utc: "2023-11-14T22:13:20.123Z"),
        Sample(
            text: "1700000000123.4567", format: .unixMilliseconds,
            utc: "2023-11-14T22:13:20.123456Z"),
        Sample(text: "-1", format: .unix, utc: "1969-12-31T23:59:59Z"),
        Sample(text: "-0.0000001", format: .unix, utc: "1969-12-31T23:59:59.999999Z"),
    ]

    @Test("read", arguments: samples)
    func read(_ sample: Sample) throws {
        let reader = try TimestampReader(sample.format, zone: sample.zone)
        #expect(
            String(decoding: try reader.rfc3339(Array(sample.text.utf8)), as: UTF8.self)
                == sample.utc)
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let text: String
        var format = TimestampFormat.iso
        var zone: String?
        let reason: String
        var testDescription: String { "\"\(text)\" \(format) \(zone ?? "no zone")" }
    }

    static let refusals = [
        Refusal(text: "2026-01-31 12:00:00", reason: "has no offset from UTC; say its zone"),
        Refusal(text: "", zone: "UTC", reason: "is no timestamp"),
        Refusal(text: "31.01.2026", zone: "UTC", reason: "is no timestamp"),
        Refusal(text: "2026-02-30 12:00:00", zone: "UTC", reason: "is no timestamp"),
        // Clocks jump from 02:00 to 03:00 on 29 March.
        Refusal(
            text: "2026-03-29 02:30:00", zone: "Europe/Zurich",
            reason: "clocks in Europe/Zurich skip this time"),
        Refusal(text: "", format: .unix, reason: "is no number of unix time"),
        Refusal(text: "1e9", format: .unix, reason: "is no number of unix time"),
        Refusal(text: "1.", format: .unix, reason: "is no number of unix time"),
        Refusal(text: "--1", format: .unix, reason: "is no number of unix time"),
        Refusal(text: "99999999999999999999", format: .unix, reason: "is no number"),
        Refusal(text: "1700000000123", format: .unix, reason: "lies outside of the years"),
    ]

    @Test("refused", arguments: refusals)
    func refused(_ refusal: Refusal) throws {
        let reader = try TimestampReader(refusal.format, zone: refusal.zone)
        let error = #expect(throws: ImportError.self) {
            _ = try reader.rfc3339(Array(refusal.text.utf8))
        }
        #expect(error?.description.contains(refusal.reason) == true)
    }

    @Test("a name that is no zone's is refused")
    func unknownZone() {
        #expect(throws: ImportError("\"CEST\" is no IANA time zone, such as UTC or Europe/Zurich"))
        {
            _ = try TimestampReader(.iso, zone: "CEST")
        }
    }
}
