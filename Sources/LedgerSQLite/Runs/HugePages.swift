internal import Glibc

/// Memory that is looked into at random: in pages of 2 MiB a look misses the processor's cache,
/// but not its table of pages as well.
enum HugePages {
    /// Asks for them, before the memory is first written and where it is large enough.
    ///
    /// Without them nothing changes but the time.
    static func advise(_ memory: UnsafeMutableRawPointer?, byteCount: Int) {
        guard let memory else { return }
        let page = 4096
        let start = (UInt(bitPattern: memory) + UInt(page) - 1) & ~UInt(page - 1)
        let end = (UInt(bitPattern: memory) + UInt(byteCount)) & ~UInt(page - 1)
        guard end > start, end - start >= 1 << 21 else { return }
        madvise(UnsafeMutableRawPointer(bitPattern: start), Int(end - start), MADV_HUGEPAGE)
    }
}
