import Foundation

/// A flag's value or that of its environment variable; the flag wins.
struct Setting: Sendable {
    private let environment: [String: String]

    init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        self.environment = environment
    }

    /// The flag, or else `TALLYSTICK_` and `name`; an empty variable counts as absent.
    func text(_ flag: String?, _ name: String) -> String? {
        if let flag { return flag }
        guard let value = environment["TALLYSTICK_" + name], !value.isEmpty else { return nil }
        return value
    }

    /// - Throws: `SettingError` where the variable is not a whole number in `range`.
    func integer(
        _ flag: Int?, _ name: String, in range: ClosedRange<Int>
    ) throws(SettingError) -> Int? {
        let text = text(flag.map(String.init), name)
        guard let text else { return nil }
        guard let value = Int(text), range.contains(value) else {
            throw SettingError(
                "--\(name.lowercased()) (TALLYSTICK_\(name)) must be a whole number from "
                    + "\(range.lowerBound) to \(range.upperBound), not \"\(text)\"")
        }
        return value
    }

    /// Whether the variable is `1`.
    func isOn(_ name: String) -> Bool { environment["TALLYSTICK_" + name] == "1" }
}

/// A setting that makes no sense; the text is for whoever started the program.
struct SettingError: Error, Equatable, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
