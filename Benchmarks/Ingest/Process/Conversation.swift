import Foundation

/// A program that is told things over its standard input and answers in lines.
final class Conversation {
    private let input: Int32
    private let output: Int32
    let program: ChildProcess

    /// - Parameter start: starts the program on these descriptors, of its input and its output.
    init(_ start: (_ input: Int32, _ output: Int32) throws -> ChildProcess) throws {
        let (theirInput, input) = try Self.pipe()
        let (output, theirOutput) = try Self.pipe()
        (self.input, self.output) = (input, output)
        defer {
            close(theirInput)
            close(theirOutput)
        }
        program = try start(theirInput, theirOutput)
    }

    deinit {
        end()
        close(output)
    }

    /// The ends for reading and writing, which no program inherits but as its input or output.
    private static func pipe() throws -> (Int32, Int32) {
        var ends: [Int32] = [0, 0]
        guard Foundation.pipe(&ends) == 0 else { throw LoadFailure.system("pipe") }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    func say(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(input, $0.baseAddress, $0.count) }
            guard count > 0 else { throw LoadFailure.system("a program's input") }
            rest = rest.dropFirst(count)
        }
    }

    /// The next line that it answers; at most one is ever on its way.
    func line() throws -> String {
        var text: [UInt8] = []
        var part = [UInt8](repeating: 0, count: 256)
        while text.last != UInt8(ascii: "\n") {
            let count = read(output, &part, part.count)
            guard count > 0 else { throw LoadFailure("a program ended before its answer") }
            text += part[..<count]
        }
        return String(decoding: text.dropLast(), as: UTF8.self)
    }

    private var hasEnded = false

    /// Says that nothing more comes.
    func end() {
        if !hasEnded { close(input) }
        hasEnded = true
    }
}
