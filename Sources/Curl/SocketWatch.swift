import CCurl
import Foundation

/// The sockets that libcurl waits for, and a pipe that wakes whoever waits.
///
/// One thread has it. libcurl's own wait would ask the system about every transfer, each time one of
/// them moves.
final class SocketWatch {
    /// What happened at a socket, in libcurl's bits.
    struct Event {
        let socket: curl_socket_t
        let bits: Int32
    }

    /// Writing a byte to it ends a wait.
    let wakeDescriptor: Int32
    private let readEnd: Int32
    /// The pipe's read end, then the sockets.
    private var polled: [pollfd]
    private var places: [curl_socket_t: Int] = [:]

    /// Nil where the system gives no pipe.
    init?() {
        var ends: [Int32] = [-1, -1]
        guard pipe(&ends) == 0 else { return nil }
        for end in ends {
            _ = fcntl(end, F_SETFD, FD_CLOEXEC)
            _ = fcntl(end, F_SETFL, O_NONBLOCK)
        }
        (readEnd, wakeDescriptor) = (ends[0], ends[1])
        polled = [pollfd(fd: readEnd, events: Int16(POLLIN), revents: 0)]
    }

    deinit {
        close(readEnd)
        close(wakeDescriptor)
    }

    /// Takes what libcurl wants to know of a socket from now on.
    func set(_ socket: curl_socket_t, _ what: Int32) {
        guard what != CURL_POLL_REMOVE else { return remove(socket) }
        let reads = what == CURL_POLL_IN || what == CURL_POLL_INOUT
        let writes = what == CURL_POLL_OUT || what == CURL_POLL_INOUT
        let events = Int16((reads ? POLLIN : 0) | (writes ? POLLOUT : 0))
        if let place = places[socket] {
            polled[place].events = events
        } else {
            places[socket] = polled.count
            polled.append(pollfd(fd: socket, events: events, revents: 0))
        }
    }

    private func remove(_ socket: curl_socket_t) {
        guard let place = places.removeValue(forKey: socket) else { return }
        let last = polled.removeLast()
        guard last.fd != socket else { return }
        polled[place] = last
        places[last.fd] = place
    }

    /// Waits until something happens at a socket, somebody wakes it or the time has passed.
    func wait(milliseconds: Int32) -> [Event] {
        guard poll(&polled, nfds_t(polled.count), milliseconds) > 0 else { return [] }
        if polled[0].revents != 0 { emptyPipe() }
        return polled.dropFirst().compactMap { polled in
            let happened = Int32(polled.revents)
            guard happened != 0 else { return nil }
            var bits: Int32 = 0
            if happened & (Int32(POLLIN) | Int32(POLLHUP)) != 0 { bits |= CURL_CSELECT_IN }
            if happened & Int32(POLLOUT) != 0 { bits |= CURL_CSELECT_OUT }
            if happened & (Int32(POLLERR) | Int32(POLLNVAL)) != 0 { bits |= CURL_CSELECT_ERR }
            return Event(socket: polled.fd, bits: bits)
        }
    }

    private func emptyPipe() {
        var bytes: (UInt64, UInt64) = (0, 0)
        while read(readEnd, &bytes, 16) == 16 {}
    }
}
