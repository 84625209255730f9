/// One row of an imported file.
struct ImportRow: Equatable, Sendable {
    enum Content: Equatable, Sendable {
        /// The event's JSON as it will be sent.
        case event([UInt8])
        /// Why the row is no event: it is not sent.
        case fault(String)
    }

    /// The line of the file on which the row starts, counting from 1.
    let line: Int
    let content: Content

    init(line: Int, _ content: Content) {
        self.line = line
        self.content = content
    }
}

/// Reads the events of a file one by one, whatever its format.
protocol ImportRowReader {
    /// - Returns: nil at the file's end.
    mutating func next() throws -> ImportRow?

    /// Bytes of the file read so far.
    var bytesRead: Int { get }
}

/// A file that cannot be imported at all.
struct ImportError: Error, Equatable, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
