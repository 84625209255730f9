import Foundation
import FunctionKit

/// The request of `invoke -d`.
enum InvocationInput {
    /// Reads JSON itself, `@FILE` or `-`; nothing is an empty body.
    ///
    /// - Throws: `SettingError` where a file cannot be read, `Problem` where it is too large.
    static func read(_ text: String?) throws -> [UInt8] {
        guard let text else { return [] }
        let bytes: [UInt8]
        if text == "-" {
            bytes = Array(try FileHandle.standardInput.readToEnd() ?? Data())
        } else if text.hasPrefix("@") {
            let path = String(text.dropFirst())
            do {
                bytes = Array(try Data(contentsOf: URL(fileURLWithPath: path)))
            } catch {
                throw SettingError("\(path) cannot be read: \(error.localizedDescription)")
            }
        } else {
            bytes = Array(text.utf8)
        }
        guard bytes.count <= Limits.bodyBytes else {
            throw Problem(.bodyTooLarge, "a request has at most \(Limits.bodyBytes) bytes")
        }
        return bytes
    }
}
