import Foundation
import TestRandom
import Testing

/// The seed of a property test.
///
/// It is the test's argument, so every run and every failure prints it; `TALLYSTICK_SEED=…` tries
/// another.
struct Seed: Sendable, CustomTestStringConvertible {
    let value: UInt64

    static var all: [Seed] {
        let chosen = ProcessInfo.processInfo.environment["TALLYSTICK_SEED"].flatMap(UInt64.init)
        return [Seed(value: chosen ?? 20_260_101)]
    }

    var random: SeededRandom { SeededRandom(seed: value) }

    var testDescription: String { "seed \(value)" }
}

extension SeededRandom {
    /// Digits whose count is drawn first, so that short and long numbers are equally likely.
    mutating func digits(upTo count: Int) -> String {
        let drawn = int(0...count)
        let digits = (0..<drawn).map { _ in String(int(0...9)) }.joined()
        let trimmed = digits.drop { $0 == "0" }
        return trimmed.isEmpty ? "0" : String(trimmed)
    }

    /// A decimal's text without a sign.
    mutating func decimal(integerDigits: Int, fractionDigits: Int) -> String {
        let fraction = (0..<int(0...fractionDigits)).map { _ in String(int(0...9)) }.joined()
        return digits(upTo: integerDigits) + (fraction.isEmpty ? "" : "." + fraction)
    }
}
