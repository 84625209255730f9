import Foundation
import Logging

/// Writes log records to the standard error: JSON lines, or readable ones on a terminal.
struct StandardErrorLogHandler: LogHandler {
    var logLevel: Logger.Level
    var metadata: Logger.Metadata = [:]
    var metadataProvider: Logger.MetadataProvider?
    private let isTerminal: Bool

    init(level: Logger.Level, isTerminal: Bool = isatty(STDERR_FILENO) == 1) {
        logLevel = level
        self.isTerminal = isTerminal
    }

    subscript(metadataKey key: String) -> Logger.MetadataValue? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        var all = metadata
        if let provided = metadataProvider?.get() { all.merge(provided) { _, new in new } }
        if let own = event.metadata { all.merge(own) { _, new in new } }
        let now = SystemClock().now
        StandardError.write(
            isTerminal
                ? LogLine.text(event, all, at: now) : LogLine.json(event, all, at: now))
    }
}

extension Logger {
    /// The program's logger; `TALLYSTICK_LOG_LEVEL` says from which level on, `fallback` where it
    /// does not.
    static func program(_ setting: Setting, fallback: Logger.Level) -> Logger {
        let level = setting.text(nil, "LOG_LEVEL").flatMap { Logger.Level(rawValue: $0) }
        return Logger(label: "tallystick") { _ in
            StandardErrorLogHandler(level: level ?? fallback)
        }
    }
}
