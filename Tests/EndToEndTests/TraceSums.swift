import Foundation
import Testing

@testable import tallystick_demo

/// A trace added up by awk: the second path, which shares no code with the first.
///
/// awk counts in binary floating point, exact below 2^53, and these sums are far below.
struct TraceSums {
    let calls: Int
    let contextTokens: Int
    let generatedTokens: Int

    init(path: String, folder: TemporaryFolder) async throws {
        let program = #"NR > 1 { n++; c += $2; g += $3 } END { printf "%d %d %d", n, c, g }"#
        let end = try await Program.run(
            at: "/usr/bin/env", ["awk", "-F", ",", program, path], folder: folder)
        let numbers = end.output.split(separator: " ").compactMap { Int($0) }
        guard end.status == 0, numbers.count == 3 else {
            throw NotHappened(description: "awk: \(end)")
        }
        (calls, contextTokens, generatedTokens) = (numbers[0], numbers[1], numbers[2])
    }
}

/// One of the two public traces of calls to a language model.
enum Trace: String, CaseIterable {
    case code, conv

    /// Beside the package; never in it.
    static let folder = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("shared/data").path

    static var arePresent: Bool {
        allCases.allSatisfy { FileManager.default.fileExists(atPath: $0.path) }
    }

    static let missing: Comment =
        "THE REAL TRACES ARE MISSING: no azure-llm-2023-*.csv in ../shared/data beside the package"

    var path: String { "\(Self.folder)/azure-llm-2023-\(rawValue).csv" }

    var timezone: String { self == .code ? "UTC" : "Europe/Zurich" }

    /// The first instant of November 2023 in that zone.
    var start: String { self == .code ? "2023-11-01T00:00:00Z" : "2023-10-31T23:00:00Z" }

    /// The trace's column names are not the contract's, and it names no customer: the service is
    /// the customer, the row is the event.
    func importArguments(url: String) -> [String] {
        [
            path, "--url", url, "--customer-event-id", "azure-\(rawValue)-{row}", "--customer-id",
            rawValue, "--event-name", "llm_call", "--timestamp", "{TIMESTAMP}", "--timezone", "UTC",
            "--property", "context_tokens={ContextTokens}", "--property",
            "generated_tokens={GeneratedTokens}",
        ]
    }
}
