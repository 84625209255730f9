import Foundation
import JSON

/// One figure of a run, and what it has to hold to.
struct Figure {
    let scenario: IngestScenario
    let name: String
    /// Nil where it could not be measured; `note` says why.
    let value: Double?
    let unit: Unit
    var target: Target?
    var note = ""

    enum Unit: String {
        case eventsPerSecond, requestsPerSecond, ratio, milliseconds, seconds, mebibytes, bytes

        func text(_ value: Double) -> String {
            switch self {
            case .eventsPerSecond, .requestsPerSecond: Self.grouped(value) + "/s"
            case .ratio: String(format: "%.2f", value)
            case .milliseconds: String(format: "%.1f ms", value)
            case .seconds: String(format: "%.3f s", value)
            case .mebibytes: String(format: "%.0f MiB", value)
            case .bytes: String(format: "%.0f B", value)
            }
        }

        private static func grouped(_ value: Double) -> String {
            var digits = String(Int(value.rounded()))
            var groups: [String] = []
            while digits.count > 3 {
                groups.insert(String(digits.suffix(3)), at: 0)
                digits.removeLast(3)
            }
            return ([digits] + groups).joined(separator: ",")
        }
    }

    enum Target {
        case atLeast(Double)
        case atMost(Double)

        func isMet(by value: Double) -> Bool {
            switch self {
            case .atLeast(let bound): value >= bound
            case .atMost(let bound): value <= bound
            }
        }

        func text(_ unit: Unit) -> String {
            switch self {
            case .atLeast(let bound): "≥ " + unit.text(bound)
            case .atMost(let bound): "≤ " + unit.text(bound)
            }
        }
    }

    /// A scenario that broke off.
    static func failure(_ scenario: IngestScenario, _ error: any Error) -> Figure {
        Figure(
            scenario: scenario, name: "broke off", value: nil, unit: .ratio,
            target: .atLeast(1), note: "\(error)")
    }

    /// Nil where there is no target.
    var isMet: Bool? { target.map { target in value.map(target.isMet) ?? false } }

    var row: [String] {
        [
            "\(scenario.rawValue): \(name)", value.map(unit.text) ?? "—",
            target?.text(unit) ?? "", isMet.map { $0 ? "met" : "MISSED" } ?? "", note,
        ]
    }

    static let heading = ["ingest", "measured", "target", "", ""]

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("scenario", scenario.rawValue)
            writer.member("name", name)
            writer.key("value")
            if let value { writer.raw(String(format: "%.4f", value).utf8) } else { writer.null() }
            writer.member("unit", unit.rawValue)
            if let target, let isMet {
                let (name, bound): (StaticString, Double) =
                    switch target {
                    case .atLeast(let bound): ("atLeast", bound)
                    case .atMost(let bound): ("atMost", bound)
                    }
                writer.key(name)
                writer.raw(String(bound).utf8)
                writer.member("isMet", isMet)
            }
            if !note.isEmpty { writer.member("note", note) }
        }
    }
}
