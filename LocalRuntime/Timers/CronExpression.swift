/// Five fields that say which minutes of local time are meant: `30 3 * * mon-fri`.
struct CronExpression: Sendable, Equatable, CustomStringConvertible {
    let minutes: CronField
    let hours: CronField
    let days: CronField
    let months: CronField
    /// Sunday is 0.
    let weekdays: CronField
    /// As it was written.
    let description: String

    /// - Throws: `CronError` with a text for whoever wrote the expression.
    init(_ text: String) throws(CronError) {
        let fields = text.split(whereSeparator: { $0 == " " || $0 == "\t" }).map(String.init)
        guard fields.count == 5 else {
            throw CronError(
                "must have five fields (minute hour day month weekday), not \(fields.count)")
        }
        minutes = try CronField(fields[0], .minute)
        hours = try CronField(fields[1], .hour)
        days = try CronField(fields[2], .day)
        months = try CronField(fields[3], .month)
        weekdays = try CronField(fields[4], .weekday)
        description = fields.joined(separator: " ")
        guard canFire else { throw CronError("names days that no month has") }
    }

    /// Where both kinds of day are restricted, either will do; this is cron's old rule.
    func includes(month: Int, day: Int, weekday: Int) -> Bool {
        guard months.contains(month) else { return false }
        if days.isRestricted, weekdays.isRestricted {
            return days.contains(day) || weekdays.contains(weekday)
        }
        return days.contains(day) && weekdays.contains(weekday)
    }

    private var canFire: Bool {
        let longest = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
        if weekdays.isRestricted { return true }
        return (1...12).contains { month in
            months.contains(month) && (1...longest[month - 1]).contains(where: days.contains)
        }
    }
}

/// What is wrong with a cron expression.
struct CronError: Error, Equatable, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
