internal import Foundation

/// Which names are the IANA database's.
///
/// Foundation's own list holds one name a zone and lacks most links (`Asia/Kolkata`, `US/Pacific`),
/// while its lookup takes too much: abbreviations (`PST`), offsets (`GMT+0530`), names cut at a NUL.
/// So the lookup decides among names of the database's form: an area and a place, or one of the few
/// that have no area.
extension Zone {
    static func isName(_ name: some Collection<UInt8>) -> Bool {
        guard name.allSatisfy(isNameByte) else { return false }
        let area = name.prefix { $0 != UInt8(ascii: "/") }
        let known = area.count < name.count ? areas : namesWithoutArea
        return known.contains { $0.withUTF8Buffer { area.elementsEqual($0) } }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "-"),
            UInt8(ascii: "+"), UInt8(ascii: "/"):
            true
        default: false
        }
    }

    /// A name for every zone that Foundation knows, links to one zone left out for the most part.
    package static var allNames: [String] {
        let names = TimeZone.knownTimeZoneIdentifiers + namesWithoutArea.map(\.description)
        return Set(names).filter { Zone(name: $0) != nil }.sorted()
    }

    private static let areas: [StaticString] = [
        "Africa", "America", "Antarctica", "Arctic", "Asia", "Atlantic", "Australia", "Brazil",
        "Canada", "Chile", "Etc", "Europe", "Indian", "Mexico", "Pacific", "US",
    ]

    // All are links for old programs; the database promises to keep its names. `Factory` is left
    // out: it stands for a machine whose zone nobody has set.
    private static let namesWithoutArea: [StaticString] = [
        "CET", "CST6CDT", "Cuba", "EET", "EST", "EST5EDT", "Egypt", "Eire", "GB", "GB-Eire", "GMT",
        "GMT+0", "GMT-0", "GMT0", "Greenwich", "HST", "Hongkong", "Iceland", "Iran", "Israel",
        "Jamaica", "Japan", "Kwajalein", "Libya", "MET", "MST", "MST7MDT", "NZ", "NZ-CHAT",
        "Navajo", "PRC", "PST8PDT", "Poland", "Portugal", "ROC", "ROK", "Singapore", "Turkey",
        "UCT", "UTC", "Universal", "W-SU", "WET", "Zulu",
    ]
}
