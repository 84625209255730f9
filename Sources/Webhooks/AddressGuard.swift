package import Curl

/// Says which addresses a webhook's socket may go to.
///
/// It is asked as a socket is opened, so it holds whatever a name resolved to.
package struct AddressGuard: Sendable {
    /// Why an address is refused, by what it is for.
    package enum Refusal: String, CaseIterable, Sendable {
        case unspecified, loopback, `private`, linkLocal, carrierGrade, uniqueLocal, multicast
        case broadcast, documentation, benchmarking, reserved, metadata
        /// An IPv4 address inside an IPv6 one.
        case embeddedIPv4
    }

    /// Lets 127.0.0.0/8 and ::1 through, for tests.
    package var allowLoopback: Bool

    package init(allowLoopback: Bool = false) {
        self.allowLoopback = allowLoopback
    }

    package func permits(_ address: SocketAddress) -> Bool {
        refusal(of: address.address) == nil
    }

    /// Why no connection may go there; nil where one may.
    package func refusal(of address: IPAddress) -> Refusal? {
        if allowLoopback, address.isLoopback { return nil }
        switch address {
        case .v4(let number):
            return Self.ipv4.first { $0.contains(number) }?.refusal
        case .v6(let high, let low):
            if let block = Self.ipv6.first(where: { $0.contains(high, low) }) {
                return block.refusal
            }
            // Only 2000::/3 has been given out; what is not must not be reachable by surprise.
            return high >> 61 == 1 ? nil : .reserved
        }
    }
}
