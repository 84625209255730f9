/// The bytes of a file, one chunk of it in memory at a time.
struct ByteReader {
    private let nextChunk: () throws -> [UInt8]
    private var chunk: [UInt8] = []
    private var position = 0
    private var isAtEnd = false
    /// Bytes of the chunks before this one.
    private var passed = 0

    /// - Parameter nextChunk: gives the bytes that follow; none at the end.
    init(_ nextChunk: @escaping () throws -> [UInt8]) {
        self.nextChunk = nextChunk
    }

    /// Bytes taken so far.
    var offset: Int { passed + position }

    @inline(__always)
    mutating func next() throws -> UInt8? {
        guard try hasMore() else { return nil }
        defer { position += 1 }
        return chunk[position]
    }

    /// The byte that `next` will take.
    mutating func peek() throws -> UInt8? {
        try hasMore() ? chunk[position] : nil
    }

    /// Takes what follows in this chunk, up to `end` and without it, into `bytes`.
    ///
    /// - Returns: whether `end` was reached and taken; false at the chunk's end too.
    mutating func take(
        upTo end: UInt8, into bytes: inout [UInt8], keeping limit: Int
    ) throws -> Bool {
        guard try hasMore() else { return false }
        let rest = chunk[position...]
        let stop = rest.firstIndex(of: end) ?? rest.endIndex
        bytes.append(contentsOf: rest[..<stop].prefix(max(0, limit - bytes.count)))
        position = stop
        guard stop < rest.endIndex else { return false }
        position += 1
        return true
    }

    /// Passes a UTF-8 byte order mark, which spreadsheets put before their exports.
    mutating func skipByteOrderMark() throws {
        let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
        while chunk.count - position < mark.count, !isAtEnd {
            let more = try nextChunk()
            isAtEnd = more.isEmpty
            chunk += more
        }
        if chunk[position...].starts(with: mark) { position += mark.count }
    }

    @inline(__always)
    mutating func hasMore() throws -> Bool {
        position < chunk.count ? true : try refill()
    }

    private mutating func refill() throws -> Bool {
        guard !isAtEnd else { return false }
        passed += chunk.count
        position = 0
        chunk = try nextChunk()
        isAtEnd = chunk.isEmpty
        return !isAtEnd
    }
}
