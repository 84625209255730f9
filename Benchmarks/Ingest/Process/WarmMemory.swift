import Foundation

/// Memory as it is on a machine that has been up for long: used before, and full of cached files.
///
/// Where a virtual machine gets its memory on first touch, a page of 4 KiB that nobody has touched
/// costs 10 to 15 µs, and one used before 1 to 3: a file that grows by millions of events would
/// tell when the touched memory ran out, and not what the events cost.
struct WarmMemory {
    private let path: String
    /// What was free, in MiB, and how long it took to use it.
    let mebibytes: Int
    let length: Duration

    /// Reads a file without content, as large as what is free.
    init(in workspace: Workspace) throws {
        path = workspace.file("warm")
        mebibytes = try Self.free() / 1_024 * 95 / 100
        let start = ContinuousClock.now
        _ = FileManager.default.createFile(atPath: path, contents: nil)
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        defer { try? file.close() }
        try file.truncate(atOffset: UInt64(mebibytes) << 20)
        try file.seek(toOffset: 0)
        var buffer = [UInt8](repeating: 0, count: 1 << 20)
        while read(file.fileDescriptor, &buffer, buffer.count) > 0 {}
        length = .now - start
    }

    /// Frees what is still cached of it.
    func clear() { try? FileManager.default.removeItem(atPath: path) }

    /// KiB of memory that nothing uses.
    private static func free() throws -> Int {
        let lines = try String(contentsOfFile: "/proc/meminfo", encoding: .utf8).split(
            separator: "\n")
        let words = lines.first { $0.hasPrefix("MemFree:") }?.split(separator: " ") ?? []
        return words.count > 1 ? Int(words[1]) ?? 0 : 0
    }
}
