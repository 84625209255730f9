import Billing
import Foundation

/// Shows the progress of a command on the standard error.
///
/// On a terminal a bar that is drawn again, elsewhere a line every few seconds.
struct ProgressMeter {
    private static let betweenBars = Duration.milliseconds(100)
    private static let betweenLines = Duration.seconds(5)

    private let start = ContinuousClock.now
    private let things: String
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private var lastShown: ContinuousClock.Instant

    /// - Parameter things: what is counted: `events`.
    init(_ things: String) {
        self.things = things
        lastShown = start
    }

    var microseconds: Int64 { (ContinuousClock.now - start).microseconds }

    /// - Parameters:
    ///   - count: things that were done.
    ///   - done: how much of `total` that is; nil where the whole is not known.
    mutating func show(_ count: Int, done: Int, of total: Int?) {
        let pause = isTerminal ? Self.betweenBars : Self.betweenLines
        guard ContinuousClock.now - lastShown >= pause else { return }
        lastShown = .now
        let line = ProgressLine(
            things: things, count: count, done: done, total: total, microseconds: microseconds)
        if isTerminal {
            StandardError.write(Array("\r\(line.bar(columns: columns - 1))\u{1B}[K".utf8))
        } else {
            StandardError.write(line: line.text)
        }
    }

    /// Takes the bar away, so that what is printed next begins a line.
    func clear() {
        if isTerminal { StandardError.write(Array("\r\u{1B}[K".utf8)) }
    }

    private var columns: Int {
        var size = winsize()
        guard ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }
}
