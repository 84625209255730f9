import Foundation
import JSON

/// Reads catalogs and configurations, YAML or JSON.
enum TextFile {
    /// The file as JSON text.
    ///
    /// - Throws: `SettingError` that names the file.
    static func json(at path: String) throws(SettingError) -> [UInt8] {
        let data: Data
        do {
            data = try Data(contentsOf: URL(fileURLWithPath: path))
        } catch { throw SettingError("\(path) cannot be read: \(error.localizedDescription)") }
        guard data.count <= RuntimeLimits.fileBytes else {
            throw SettingError("\(path) is larger than \(RuntimeLimits.fileBytes) bytes")
        }
        if path.lowercased().hasSuffix(".json") { return Array(data) }
        guard let text = String(data: data, encoding: .utf8) else {
            throw SettingError("\(path) is not UTF-8 text")
        }
        do throws(YAMLTextError) {
            return try YAMLText.json(text)
        } catch { throw SettingError("\(path) \(error)") }
    }
}
