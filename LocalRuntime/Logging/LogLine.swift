import Billing
import JSON
import Logging

/// One log record as a line of text.
enum LogLine {
    /// A JSON object: `time`, `level`, `message` and, where there is any, `metadata`.
    static func json(_ event: LogEvent, _ metadata: Logger.Metadata, at time: Instant) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            writer.member("time", time)
            writer.member("level", event.level.rawValue)
            writer.member("message", event.message.description)
            guard !metadata.isEmpty else { return }
            writer.key("metadata")
            write(.dictionary(metadata), to: &writer)
        }
        return writer.bytes + [UInt8(ascii: "\n")]
    }

    /// For people: time, level, message and metadata as `key=value`.
    static func text(_ event: LogEvent, _ metadata: Logger.Metadata, at time: Instant) -> [UInt8] {
        let pairs = metadata.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }
        let line = "\(time) \(event.level.rawValue) \(event.message)\(pairs.joined())"
        // A newline in a value must not pass for a record of its own.
        let escaped = line.replacing("\n", with: "\\n").replacing("\r", with: "\\r")
        return Array("\(escaped)\n".utf8)
    }

    private static func write(_ value: Logger.MetadataValue, to writer: inout JSONWriter) {
        switch value {
        case .string(let text): writer.string(text)
        case .stringConvertible(let number as Int): writer.number(number)
        case .stringConvertible(let other): writer.string(other.description)
        case .array(let values):
            writer.array { writer in
                for value in values { write(value, to: &writer) }
            }
        case .dictionary(let members):
            writer.object { writer in
                for (key, value) in members.sorted(by: { $0.key < $1.key }) {
                    writer.key(key.utf8)
                    write(value, to: &writer)
                }
            }
        }
    }
}
