import Billing
import JSON
import Testing

struct ZoneTests {
    @Test func everyNameOfTheDatabaseIsTaken() throws {
        let list = try #require(JSONText.fixture("zones.json").member("names"))
        let names = list.children.map(\.string)
        #expect(names.count == 597)
        #expect(names.filter { Zone(name: $0) == nil } == [])
        #expect(Set(Zone.allNames).subtracting(names) == [])
        #expect(Zone.allNames.count > 400)
    }

    @Test(arguments: [
        ("US/Pacific", -8), ("Asia/Calcutta", 5), ("Asia/Kolkata", 5), ("Etc/GMT+5", -5),
        ("Etc/GMT-14", 14), ("Europe/Kyiv", 2), ("Europe/Kiev", 2), ("Etc/UTC", 0), ("UTC", 0),
        ("America/Argentina/Buenos_Aires", -3), ("America/Port-au-Prince", -5), ("EST5EDT", -5),
    ])
    func keepsTheNameItWasGiven(_ name: String, _ hours: Int64) throws {
        let zone = try zone(name)
        #expect(zone.name == name)
        #expect(String(decoding: zone.json, as: UTF8.self) == "\"\(name)\"")
        let midwinter = try instant("2026-01-01T00:00:00Z").seconds
        #expect(zone.offset(at: midwinter) / 3600 == hours)
    }

    @Test(arguments: [
        "", " ", "PST", "PDT", "CEST", "IST", "BST", "GMT+5", "GMT+0530", "GMT-08:00", "+05:30",
        "UTC+1", "utc", "europe/zurich", "EUROPE/ZURICH", "Europe/Zurich ", " Europe/Zurich",
        "Europe/Zurich\u{0}", "Europe/Zurich\u{0}x", "Europe/Zürich", "Europe/", "/Zurich",
        "Europe", "Europe//Zurich", "Europe/Zurich/", "Europe/../Europe/Zurich", "Mars/Olympus",
        "Factory", "localtime", "SystemV/PST8", "Etc/Unknown", "Etc/GMT+15", "Etc/GMT+0530",
        "posix/Europe/Zurich", "../../etc/passwd", "America/Los_Angeles/foo",
    ])
    func refuses(_ name: String) {
        #expect(Zone(name: name) == nil)
    }

    @Test func aFieldTellsWhatIsWrong() throws {
        #expect(try reading("\"Asia/Tokyo\"") { $0.zone() }.value?.name == "Asia/Tokyo")
        let abbreviation = try reading("\"PST\"") { $0.zone() }
        #expect(abbreviation.value == nil)
        #expect(abbreviation.issues.map(\.severity) == [.meaningless])
        #expect(try reading("1") { $0.zone() }.issues.map(\.severity) == [.malformed])
    }

    @Test(arguments: [
        ("plain", "Europe/Zurich", "2026-01-31", "2026-01-30T23:00:00Z"),
        ("summer", "Europe/Zurich", "2026-07-01", "2026-06-30T22:00:00Z"),
        ("day of the jump", "Europe/Zurich", "2026-03-29", "2026-03-28T23:00:00Z"),
        ("day after the jump", "Europe/Zurich", "2026-03-30", "2026-03-29T22:00:00Z"),
        ("utc", "UTC", "2026-01-31", "2026-01-31T00:00:00Z"),
        ("no midnight, to 01:00", "America/Sao_Paulo", "2018-11-04", "2018-11-04T03:00:00Z"),
        ("no midnight, to 01:00", "Asia/Beirut", "2022-03-27", "2022-03-26T22:00:00Z"),
        ("no midnight, to 01:00", "Africa/Cairo", "2024-04-26", "2024-04-25T22:00:00Z"),
        ("no midnight, to 01:00", "America/Havana", "2025-03-09", "2025-03-09T05:00:00Z"),
        ("no midnight, to 00:30", "Asia/Pyongyang", "2018-05-05", "2018-05-04T15:00:00Z"),
        (
            "midnight comes at 23:00 once more", "America/Sao_Paulo", "2018-02-18",
            "2018-02-18T03:00:00Z"
        ),
        ("midnight twice, from 01:00", "America/Havana", "2025-11-02", "2025-11-02T04:00:00Z"),
        ("midnight twice, from 01:00", "Atlantic/Azores", "2025-10-26", "2025-10-26T00:00:00Z"),
        ("midnight twice, from 00:01", "America/St_Johns", "2006-10-29", "2006-10-29T02:30:00Z"),
        ("day that was skipped", "Pacific/Apia", "2011-12-30", "2011-12-30T10:00:00Z"),
        ("day after it, the same instant", "Pacific/Apia", "2011-12-31", "2011-12-30T10:00:00Z"),
        ("day that was skipped", "Pacific/Kwajalein", "1993-08-21", "1993-08-21T12:00:00Z"),
        (
            "half an hour's summer time", "Australia/Lord_Howe", "2025-04-07",
            "2025-04-06T13:30:00Z"
        ),
        ("offset with seconds", "Africa/Monrovia", "1971-06-01", "1971-06-01T00:44:30Z"),
        ("far future", "Europe/Zurich", "2199-07-01", "2199-06-30T22:00:00Z"),
    ])
    func dayStarts(_ name: String, _ zoneName: String, _ day: String, _ start: String) throws {
        #expect(try zone(zoneName).start(of: date(day)) == instant(start))
    }

    @Test(arguments: [
        ("Europe/Zurich", "2026-01-31T22:59:59.999999Z", "2026-01-31"),
        ("Europe/Zurich", "2026-01-31T23:00:00Z", "2026-02-01"),
        ("Pacific/Apia", "2011-12-30T09:59:59Z", "2011-12-29"),
        ("Pacific/Apia", "2011-12-30T10:00:00Z", "2011-12-31"),
        // 00:00:59, and a minute later 23:01:00 of the day before.
        ("America/St_Johns", "2006-10-29T02:30:59Z", "2006-10-29"),
        ("America/St_Johns", "2006-10-29T02:31:00Z", "2006-10-28"),
        ("America/New_York", "1969-12-31T23:59:59.999999Z", "1969-12-31"),
        ("Asia/Tokyo", "1969-12-31T14:59:59.999999Z", "1969-12-31"),
    ])
    func localDayIs(_ zoneName: String, _ at: String, _ day: String) throws {
        #expect(try zone(zoneName).localDate(at: instant(at)).description == day)
    }
}
