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

    /// The flag `--memory`: a number of bytes, or of KiB, MiB or GiB.
    ///
    /// - Throws: `SettingError` where it is none, or less than the store can do with.
    func bytes(memory flag: String?) throws(SettingError) -> Int? {
        guard let text = text(flag, "MEMORY") else { return nil }
        let units = ["KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30]
        let unit = units.first { text.hasSuffix($0.key) }
        let number = Int(text.dropLast(unit == nil ? 0 : 3))
        guard let bytes = number?.multipliedReportingOverflow(by: unit?.value ?? 1),
            !bytes.overflow, bytes.partialValue >= RuntimeLimits.leastMemoryBytes
        else {
            throw SettingError(
                "--memory (TALLYSTICK_MEMORY) must be a size of at least 64MiB, like 512MiB or "
                    + "2GiB, not \"\(text)\"")
        }
        return bytes.partialValue
    }

    /// Whether the variable is `1`.
    func isOn(_ name: String) -> Bool { environment["TALLYSTICK_" + name] == "1" }
}

/// A setting that makes no sense; the text is for whoever started the program.
struct SettingError: Error, Equatable, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
