import Foundation
import Synchronization

/// The standard error, a whole line at a time.
enum StandardError {
    private static let turn = Mutex(())

    /// Writes all of `bytes`; where nobody reads them any more they are dropped.
    static func write(_ bytes: [UInt8]) {
        turn.withLock { _ in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = rest.withUnsafeBytes {
                    Foundation.write(STDERR_FILENO, $0.baseAddress, $0.count)
                }
                if count < 0, errno != EINTR { return }
                rest = rest.dropFirst(max(count, 0))
            }
        }
    }

    static func write(line: String) { write(Array("\(line)\n".utf8)) }
}
