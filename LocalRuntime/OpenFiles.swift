import Foundation

/// How many files and sockets this process may have open.
enum OpenFiles {
    /// Takes what the system allows, up to `RuntimeLimits.openFiles`: shells often give a process
    /// 1,024, and each endpoint with an attempt under way has a socket.
    static func raiseLimit() {
        #if os(Linux)
            let resource = __rlimit_resource_t(RLIMIT_NOFILE.rawValue)
        #else
            let resource = RLIMIT_NOFILE
        #endif
        var limit = rlimit()
        guard getrlimit(resource, &limit) == 0 else { return }
        let wanted = min(limit.rlim_max, rlim_t(RuntimeLimits.openFiles))
        guard limit.rlim_cur < wanted else { return }
        limit.rlim_cur = wanted
        setrlimit(resource, &limit)
    }
}
