/// Makes the ids that name a call in logs and in its answer: 128 random bits in hex.
enum RequestID {
    static func make() -> String {
        var generator = SystemRandomNumberGenerator()
        let digits: StaticString = "0123456789abcdef"
        return String(unsafeUninitializedCapacity: 32) { text in
            var bits: UInt64 = 0
            for index in 0..<32 {
                if index % 16 == 0 { bits = generator.next() }
                text[index] = digits.utf8Start[Int(bits & 15)]
                bits >>= 4
            }
            return 32
        }
    }
}
