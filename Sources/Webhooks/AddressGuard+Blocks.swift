/// The refused blocks, the narrow ones before those that contain them.
///
/// Sources: IANA's special-purpose address registries for IPv4 and IPv6 (RFC 6890 and its
/// successors); the clouds' own pages for their metadata services.
extension AddressGuard {
    struct IPv4Block: Sendable {
        let first: UInt32
        let bits: UInt32
        let refusal: Refusal

        init(_ a: UInt32, _ b: UInt32, _ c: UInt32, _ d: UInt32, _ bits: UInt32, _ why: Refusal) {
            first = a << 24 | b << 16 | c << 8 | d
            self.bits = bits
            refusal = why
        }

        func contains(_ number: UInt32) -> Bool {
            (number ^ first) >> (32 - bits) == 0
        }
    }

    struct IPv6Block: Sendable {
        let high: UInt64
        let low: UInt64
        let bits: UInt64
        let refusal: Refusal

        init(_ high: UInt64, _ low: UInt64, _ bits: UInt64, _ why: Refusal) {
            self.high = high
            self.low = low
            self.bits = bits
            refusal = why
        }

        func contains(_ high: UInt64, _ low: UInt64) -> Bool {
            // A shift by 64 gives 0, so a prefix of up to 64 bits leaves the low half unread.
            (high ^ self.high) >> (64 - min(bits, 64)) == 0
                && (low ^ self.low) >> (128 - max(bits, 64)) == 0
        }
    }

    static let ipv4: [IPv4Block] = [
        IPv4Block(169, 254, 169, 254, 32, .metadata),  // most clouds
        IPv4Block(169, 254, 170, 2, 32, .metadata),  // AWS, container credentials
        IPv4Block(100, 100, 100, 200, 32, .metadata),  // Alibaba
        IPv4Block(168, 63, 129, 16, 32, .metadata),  // Azure, a public address
        IPv4Block(192, 0, 0, 192, 32, .metadata),  // Oracle, classic
        IPv4Block(255, 255, 255, 255, 32, .broadcast),
        IPv4Block(0, 0, 0, 0, 8, .unspecified),  // "this network": 0.0.0.0 reaches this machine
        IPv4Block(10, 0, 0, 0, 8, .private),
        IPv4Block(100, 64, 0, 0, 10, .carrierGrade),
        IPv4Block(127, 0, 0, 0, 8, .loopback),
        IPv4Block(169, 254, 0, 0, 16, .linkLocal),
        IPv4Block(172, 16, 0, 0, 12, .private),
        IPv4Block(192, 0, 0, 0, 24, .reserved),  // protocol assignments
        IPv4Block(192, 0, 2, 0, 24, .documentation),
        IPv4Block(192, 88, 99, 0, 24, .reserved),  // 6to4 relays, withdrawn
        IPv4Block(192, 168, 0, 0, 16, .private),
        IPv4Block(198, 18, 0, 0, 15, .benchmarking),
        IPv4Block(198, 51, 100, 0, 24, .documentation),
        IPv4Block(203, 0, 113, 0, 24, .documentation),
        IPv4Block(224, 0, 0, 0, 4, .multicast),
        IPv4Block(240, 0, 0, 0, 4, .reserved),
    ]

    static let ipv6: [IPv6Block] = [
        IPv6Block(0xFD00_0EC2_0000_0000, 0x254, 128, .metadata),  // AWS
        IPv6Block(0xFD00_0EC2_0000_0000, 0x23, 128, .metadata),  // AWS, EKS pod identity
        IPv6Block(0xFD20_00CE_0000_0000, 0x254, 128, .metadata),  // Google
        IPv6Block(0, 0, 128, .unspecified),
        IPv6Block(0, 1, 128, .loopback),
        IPv6Block(0, 0x0000_FFFF_0000_0000, 96, .embeddedIPv4),  // mapped
        IPv6Block(0, 0xFFFF_0000_0000_0000, 96, .embeddedIPv4),  // translated, RFC 2765
        IPv6Block(0, 0, 96, .embeddedIPv4),  // compatible, withdrawn
        IPv6Block(0x0064_FF9B_0000_0000, 0, 96, .embeddedIPv4),  // NAT64, RFC 6052
        IPv6Block(0x0064_FF9B_0001_0000, 0, 48, .embeddedIPv4),  // NAT64, RFC 8215
        IPv6Block(0x2002_0000_0000_0000, 0, 16, .embeddedIPv4),  // 6to4
        IPv6Block(0x2001_0000_0000_0000, 0, 32, .embeddedIPv4),  // Teredo
        IPv6Block(0x2001_0002_0000_0000, 0, 48, .benchmarking),
        IPv6Block(0x2001_0000_0000_0000, 0, 23, .reserved),  // protocol assignments
        IPv6Block(0x2001_0DB8_0000_0000, 0, 32, .documentation),
        IPv6Block(0x3FFF_0000_0000_0000, 0, 20, .documentation),
        IPv6Block(0xFC00_0000_0000_0000, 0, 7, .uniqueLocal),
        IPv6Block(0xFE80_0000_0000_0000, 0, 10, .linkLocal),
        IPv6Block(0xFEC0_0000_0000_0000, 0, 10, .private),  // site-local, withdrawn
        IPv6Block(0xFF00_0000_0000_0000, 0, 8, .multicast),
    ]
}
