import Billing
import JSON

/// A timer of the runtime's configuration: calls a function with a payload, again and again.
struct TimerDefinition: Sendable, Equatable {
    let name: String
    let function: String
    let payload: [UInt8]
    let schedule: TimerSchedule

    /// What runs where the configuration names no timers.
    static let defaults = [
        TimerDefinition(
            name: "closePeriod", function: "closePeriod", payload: Array("{}".utf8),
            schedule: .every(.seconds(60)))
    ]
}

extension TimerDefinition {
    /// Reads `{name, function, payload?, every?|cron?, timezone?}`.
    init?(_ value: FieldValue) {
        guard var reader = value.object() else { return nil }
        let name = reader.required("name")?.text(limit: 64)
        let function = reader.required("function")?.string()
        let payload = reader.optional("payload")
        let every = reader.optional("every")
        let cron = reader.optional("cron")
        let zone = reader.optional("timezone")
        reader.refuseUnknown()
        let bytes = payload.map(Self.json) ?? Array("{}".utf8)
        let schedule = Self.schedule(value, every: every, cron: cron, zone: zone)
        guard let name, let function, let bytes, let schedule else { return nil }
        self.init(name: name, function: function, payload: bytes, schedule: schedule)
    }

    private static func json(_ payload: FieldValue) -> [UInt8]? {
        guard payload.object() != nil else { return nil }
        var writer = JSONWriter()
        do {
            try writer.canonical(payload.node)
            return writer.bytes
        } catch { return payload.issue("\(error)") }
    }

    private static func schedule(
        _ timer: FieldValue, every: FieldValue?, cron: FieldValue?, zone: FieldValue?
    ) -> TimerSchedule? {
        switch (every, cron) {
        case (let every?, nil):
            if let zone { return zone.issue("belongs to \"cron\"; \"every\" has no zone") }
            guard let duration = every.duration() else { return nil }
            guard duration >= RuntimeLimits.shortestTimer else {
                return every.issue("must be at least PT1S")
            }
            return .every(duration)
        case (nil, let cron?):
            guard let text = cron.string() else { return nil }
            var place = Zone.utc
            if let zone {
                guard let named = zone.zone() else { return nil }
                place = named
            }
            do throws(CronError) {
                return .cron(try CronExpression(text), place)
            } catch { return cron.issue("\(error)") }
        default:
            return timer.issue("must have either \"every\" or \"cron\"", .malformed)
        }
    }
}
