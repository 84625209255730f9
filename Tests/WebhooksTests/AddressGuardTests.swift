import Curl
import Testing
import Webhooks

struct AddressGuardTests {
    static let refusedAddresses: [(String, AddressGuard.Refusal)] = [
        ("0.0.0.0", .unspecified), ("0.255.255.255", .unspecified),
        ("10.0.0.0", .private), ("10.255.255.255", .private),
        ("100.64.0.0", .carrierGrade), ("100.127.255.255", .carrierGrade),
        ("127.0.0.0", .loopback), ("127.0.0.1", .loopback), ("127.255.255.255", .loopback),
        ("169.254.0.0", .linkLocal), ("169.254.255.255", .linkLocal),
        ("169.254.169.254", .metadata), ("169.254.170.2", .metadata),
        ("100.100.100.200", .metadata), ("168.63.129.16", .metadata), ("192.0.0.192", .metadata),
        ("172.16.0.0", .private), ("172.31.255.255", .private),
        ("192.0.0.0", .reserved), ("192.0.0.255", .reserved),
        ("192.0.2.0", .documentation), ("192.0.2.255", .documentation),
        ("192.88.99.1", .reserved),
        ("192.168.0.0", .private), ("192.168.255.255", .private),
        ("198.18.0.0", .benchmarking), ("198.19.255.255", .benchmarking),
        ("198.51.100.0", .documentation), ("198.51.100.255", .documentation),
        ("203.0.113.0", .documentation), ("203.0.113.255", .documentation),
        ("224.0.0.0", .multicast), ("239.255.255.255", .multicast),
        ("240.0.0.0", .reserved), ("255.255.255.254", .reserved),
        ("255.255.255.255", .broadcast),
        ("::", .unspecified), ("::1", .loopback),
        ("::2", .embeddedIPv4), ("::8.8.8.8", .embeddedIPv4), ("::127.0.0.1", .embeddedIPv4),
        ("::ffff:127.0.0.1", .embeddedIPv4), ("::ffff:8.8.8.8", .embeddedIPv4),
        ("::ffff:169.254.169.254", .embeddedIPv4), ("::ffff:0:10.0.0.1", .embeddedIPv4),
        ("64:ff9b::7f00:1", .embeddedIPv4), ("64:ff9b::8.8.8.8", .embeddedIPv4),
        ("64:ff9b:1::", .embeddedIPv4), ("64:ff9b:1:ffff:ffff:ffff:ffff:ffff", .embeddedIPv4),
        ("2002::", .embeddedIPv4), ("2002:7f00:1::", .embeddedIPv4),
        ("2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff", .embeddedIPv4),
        ("2001::", .embeddedIPv4), ("2001:0:ffff::1", .embeddedIPv4),
        ("2001:2::1", .benchmarking), ("2001:1::1", .reserved), ("2001:10::1", .reserved),
        ("2001:1ff:ffff::", .reserved),
        ("2001:db8::", .documentation),
        ("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", .documentation),
        ("3fff::1", .documentation), ("3fff:fff:ffff::1", .documentation),
        ("fc00::", .uniqueLocal), ("fdff:ffff::1", .uniqueLocal),
        ("fd00:ec2::254", .metadata), ("fd00:ec2::23", .metadata), ("fd20:ce::254", .metadata),
        ("fd00:ec2::255", .uniqueLocal),
        ("fe80::", .linkLocal), ("febf:ffff::1", .linkLocal), ("fec0::1", .private),
        ("ff00::", .multicast), ("ff02::1", .multicast),
        ("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", .multicast),
        ("100::1", .reserved), ("1fff::1", .reserved), ("4000::", .reserved),
        ("5f00::1", .reserved), ("8000::1", .reserved), ("64:ff9b:2::1", .reserved),
    ]

    @Test(arguments: refusedAddresses)
    func refused(text: String, refusal: AddressGuard.Refusal) throws {
        let address = try #require(IPAddress(text))
        #expect(AddressGuard().refusal(of: address) == refusal)
        #expect(!AddressGuard().permits(SocketAddress(address: address, port: 443)))
        let isLoopback = refusal == .loopback
        #expect((AddressGuard(allowLoopback: true).refusal(of: address) == nil) == isLoopback)
    }

    @Test(arguments: [
        "1.0.0.0", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0",
        "126.255.255.255", "128.0.0.0", "168.63.129.15", "169.253.255.255", "169.255.0.0",
        "172.15.255.255", "172.32.0.0", "191.255.255.255", "192.0.1.0", "192.0.3.0",
        "192.88.98.255", "192.88.100.0", "192.167.255.255", "192.169.0.0", "198.17.255.255",
        "198.20.0.0", "198.51.99.255", "198.51.101.0", "203.0.112.255", "203.0.114.0",
        "223.255.255.255",
        "2000::", "2001:200::", "2001:db7:ffff::", "2001:db9::", "2001:4860:4860::8888",
        "2003::1", "2600::1", "2a00:1450::1", "3ffe::1", "3fff:1000::1",
    ])
    func permitted(text: String) throws {
        let address = try #require(IPAddress(text))
        #expect(AddressGuard().refusal(of: address) == nil)
        #expect(AddressGuard().permits(SocketAddress(address: address, port: 443)))
    }

    /// Each is the reason for some address above, so none is there in vain.
    @Test func everyReasonIsUsed() {
        #expect(Set(Self.refusedAddresses.map(\.1)) == Set(AddressGuard.Refusal.allCases))
    }
}
