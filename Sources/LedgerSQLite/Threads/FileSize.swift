internal import Glibc

enum FileSize {
    /// Bytes of the file at `path`; 0 where there is none.
    static func bytes(of path: String) -> Int {
        var status = stat()
        return stat(path, &status) == 0 ? Int(status.st_size) : 0
    }
}
