import CCurl
import Foundation

/// Where a socket is about to connect to.
package struct SocketAddress: Hashable, Sendable, CustomStringConvertible {
    package let address: IPAddress
    package let port: UInt16

    package init(address: IPAddress, port: UInt16) {
        self.address = address
        self.port = port
    }

    /// Nil for a family that is neither IPv4 nor IPv6, or where the bytes do not reach.
    init?(_ pointer: UnsafePointer<sockaddr>, length: Int) {
        let bytes = UnsafeRawBufferPointer(start: pointer, count: length)
        // The smallest `sockaddr` is longer than its family, which is read first.
        guard length >= MemoryLayout<sockaddr>.size else { return nil }
        switch Int32(pointer.pointee.sa_family) {
        case AF_INET where length >= MemoryLayout<sockaddr_in>.size:
            let four = bytes.loadUnaligned(as: sockaddr_in.self)
            address = .v4(UInt32(bigEndian: four.sin_addr.s_addr))
            port = UInt16(bigEndian: four.sin_port)
        case AF_INET6 where length >= MemoryLayout<sockaddr_in6>.size:
            var six = bytes.loadUnaligned(as: sockaddr_in6.self)
            address = withUnsafeBytes(of: &six.sin6_addr) { IPAddress(sixteenBytes: $0) }
            port = UInt16(bigEndian: six.sin6_port)
        default:
            return nil
        }
    }

    package var description: String {
        switch address {
        case .v4: "\(address):\(port)"
        case .v6: "[\(address)]:\(port)"
        }
    }
}
