import Billing
import Foundation

/// Shows an import's progress on the standard error.
///
/// On a terminal a bar that is drawn again, elsewhere a line every few seconds.
struct ImportMeter {
    private static let betweenBars = Duration.milliseconds(100)
    private static let betweenLines = Duration.seconds(5)

    private let start = ContinuousClock.now
    private let totalBytes: Int?
    private let isTerminal = isatty(STDERR_FILENO) == 1
    private var lastShown: ContinuousClock.Instant

    init(totalBytes: Int?) {
        self.totalBytes = totalBytes
        lastShown = start
    }

    var microseconds: Int64 { (ContinuousClock.now - start).microseconds }

    mutating func show(_ tally: ImportTally, bytesRead: Int) {
        let pause = isTerminal ? Self.betweenBars : Self.betweenLines
        guard ContinuousClock.now - lastShown >= pause else { return }
        lastShown = .now
        let progress = ImportProgress(
            rows: tally.rows, bytesRead: bytesRead, totalBytes: totalBytes,
            microseconds: microseconds)
        if isTerminal {
            StandardError.write(Array("\r\(progress.bar(columns: columns - 1))\u{1B}[K".utf8))
        } else {
            StandardError.write(line: progress.text)
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
