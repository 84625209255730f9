import Foundation

/// What the process takes of the machine's memory.
enum ProcessMemory {
    /// Bytes that are resident; 0 where the system does not tell.
    static var residentBytes: Int {
        // Linux: pages in all, pages resident, and so on.
        guard let text = try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8),
            let pages = text.split(separator: " ").dropFirst().first.flatMap({ Int($0) })
        else { return 0 }
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }
}
