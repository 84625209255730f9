/// Takes a fixed text format apart, byte by byte.
struct DigitReader {
    private let bytes: UnsafeBufferPointer<UInt8>
    private var position = 0

    private init(_ bytes: UnsafeBufferPointer<UInt8>) { self.bytes = bytes }

    /// Lends `body` a reader of `text`, which is copied only where it is not in one piece.
    ///
    /// Not generic beyond this: a reader that other modules do not specialise takes 100 times as long.
    static func read<Failure, Result>(
        _ text: some Collection<UInt8>,
        _ body: (inout DigitReader) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let outcome = text.withContiguousStorageIfAvailable { run($0, body) }
        return try (outcome ?? Array(text).withUnsafeBufferPointer { run($0, body) }).get()
    }

    private static func run<Failure, Result>(
        _ bytes: UnsafeBufferPointer<UInt8>,
        _ body: (inout DigitReader) throws(Failure) -> Result
    ) -> Swift.Result<Result, Failure> {
        var reader = DigitReader(bytes)
        do throws(Failure) { return .success(try body(&reader)) } catch { return .failure(error) }
    }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    var isAtEnd: Bool { position == bytes.count }

    mutating func digit() -> Int? {
        guard let byte = next, (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else {
            return nil
        }
        position += 1
        return Int(byte - UInt8(ascii: "0"))
    }

    /// The value of exactly so many digits.
    mutating func number(_ digits: Int) -> Int? {
        var value = 0
        for _ in 0..<digits {
            guard let digit = digit() else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    func isAt(_ byte: Unicode.Scalar) -> Bool { next == UInt8(ascii: byte) }

    /// Passes one byte if it is this one.
    mutating func skip(_ byte: Unicode.Scalar) -> Bool {
        guard isAt(byte) else { return false }
        position += 1
        return true
    }

    /// Microseconds of a fraction of a second, 0 where there is none; nil for a lone point.
    mutating func fraction() -> Int64? {
        guard skip(".") else { return 0 }
        guard var value = digit().map(Int64.init) else { return nil }
        var digits = 1
        while let digit = digit() {
            if digits < 6 { value = value * 10 + Int64(digit) }
            digits += 1
        }
        for _ in min(digits, 6)..<6 { value *= 10 }
        return value
    }

    /// A date as ISO 8601 writes it: `2026-01-31`.
    mutating func date() -> LocalDate? {
        guard
            let year = number(4), skip("-"), let month = number(2), skip("-"), let day = number(2)
        else { return nil }
        return LocalDate(year: year, month: month, day: day)
    }

    /// Seconds east of UTC: `Z`, `+05:30`.
    mutating func offset() -> Int? {
        if skip("Z") || skip("z") { return 0 }
        let sign: Int
        if skip("+") { sign = 1 } else if skip("-") { sign = -1 } else { return nil }
        guard let hours = number(2), skip(":"), let minutes = number(2), hours < 24, minutes < 60
        else { return nil }
        return sign * (hours * 3600 + minutes * 60)
    }
}

extension [UInt8] {
    /// Appends a number of at least `width` digits, zeros in front.
    mutating func append(digitsOf value: Int, width: Int) {
        if width > 1 || value >= 10 { append(digitsOf: value / 10, width: width - 1) }
        append(UInt8(ascii: "0") + UInt8(value % 10))
    }
}

extension SignedInteger {
    /// The quotient rounded down, also below 0.
    func flooredQuotient(_ divisor: Self) -> Self {
        let (quotient, remainder) = quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
