import JSON

/// The end of an import, for people and for programs.
struct ImportSummary: Sendable {
    let tally: ImportTally
    let microseconds: Int64

    init(tally: ImportTally, microseconds: Int64) {
        self.tally = tally
        self.microseconds = microseconds
    }

    /// Rounded down; of an import shorter than a microsecond, as if it had taken one.
    var eventsPerSecond: Int64 { Int64(tally.rows) * 1_000_000 / max(1, microseconds) }

    /// Seconds with three digits, the finer ones cut.
    var seconds: String {
        let milliseconds = microseconds / 1_000
        let fraction = String(milliseconds % 1_000 + 1_000).dropFirst()
        return "\(milliseconds / 1_000).\(fraction)"
    }

    var text: String {
        var lines = [
            "accepted \(tally.accepted), duplicates \(tally.duplicates), "
                + "conflicts \(tally.conflicts), rejected \(tally.rejected)"
                + " in \(seconds) s (\(eventsPerSecond) events/s)"
        ]
        if tally.unbilled > 0 {
            lines.append(
                "\(tally.unbilled) accepted events are unbilled: no charge takes them; look for "
                    + "a misspelt event name or a customer without a subscription")
        }
        for problem in tally.problems {
            let id = problem.customerEventId.map { " \"\($0)\"" } ?? ""
            lines.append("line \(problem.line): \(problem.status)\(id): \(problem.detail)")
        }
        let unlisted = tally.conflicts + tally.rejected - tally.problems.count
        if unlisted > 0 { lines.append("and \(unlisted) more") }
        return lines.joined(separator: "\n")
    }
}

extension ImportSummary: JSONWritable {
    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("accepted", tally.accepted)
            writer.member("duplicates", tally.duplicates)
            writer.member("conflicts", tally.conflicts)
            writer.member("rejected", tally.rejected)
            writer.member("unbilled", tally.unbilled)
            writer.key("seconds")
            writer.raw(seconds.utf8)
            writer.member("eventsPerSecond", eventsPerSecond)
            writer.key("problems")
            writer.array { writer in
                for problem in tally.problems { problem.write(to: &writer) }
            }
        }
    }
}

extension ImportTally.Problem {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("line", line)
            writer.member("status", status)
            if let customerEventId { writer.member("customerEventId", customerEventId) }
            writer.member("error", detail)
        }
    }
}
