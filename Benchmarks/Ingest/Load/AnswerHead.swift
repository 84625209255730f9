/// What of an answer's head matters: its status, and where its body begins and ends.
struct AnswerHead {
    let status: Int
    /// Of the head, to its empty line.
    let length: Int
    let bodyLength: Int

    private static let lengthField = Array("\r\ncontent-length:".utf8)

    /// - Returns: nil while the head is not complete.
    init?(_ bytes: ArraySlice<UInt8>) throws {
        guard let end = Self.end(of: bytes) else { return nil }
        let head = bytes[..<end]
        status = Self.number(head, from: head.startIndex + 9)
        length = end - bytes.startIndex
        guard let field = Self.lengthField(in: head) else {
            throw LoadFailure("an answer without content-length")
        }
        bodyLength = Self.number(head, from: field)
    }

    private static func end(of bytes: ArraySlice<UInt8>) -> Int? {
        var position = bytes.startIndex
        while position + 3 < bytes.endIndex {
            if bytes[position] == 13, bytes[position + 2] == 13, bytes[position + 3] == 10 {
                return position + 4
            }
            position += 1
        }
        return nil
    }

    private static func lengthField(in head: ArraySlice<UInt8>) -> Int? {
        let count = lengthField.count
        guard head.count > count else { return nil }
        for start in head.startIndex..<head.endIndex - count where head[start] == 13 {
            // Letters in lower case; what else this changes is in no field's name.
            let isField = (0..<count).allSatisfy {
                head[start + $0] == lengthField[$0] || head[start + $0] | 0x20 == lengthField[$0]
            }
            if isField { return start + count }
        }
        return nil
    }

    /// The digits from `start` on, spaces skipped.
    private static func number(_ bytes: ArraySlice<UInt8>, from start: Int) -> Int {
        var value = 0
        for byte in bytes[start...].drop(while: { $0 == UInt8(ascii: " ") }) {
            guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { break }
            value = value * 10 + Int(byte - UInt8(ascii: "0"))
        }
        return value
    }
}
