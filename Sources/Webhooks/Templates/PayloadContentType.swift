/// What a template makes, as the request's `content-type` says it.
package struct PayloadContentType: Sendable, Equatable {
    /// The header's value.
    package let name: String
    let escaping: PayloadEscaping

    package static let json = PayloadContentType(name: "application/json", escaping: .json)

    /// The types that need no more said.
    package static let known = [
        "application/json", "application/xml", "text/csv", "text/plain", "text/xml",
    ]

    /// One of `known`, or a type of an application that ends in `+json` or `+xml`.
    package init?(_ name: String) {
        let plain = name.utf8.allSatisfy { byte in
            (0x30...0x39).contains(byte) || (0x61...0x7A).contains(byte)
                || "/+-.".utf8.contains(byte)
        }
        guard plain, name.utf8.count <= WebhookLimits.contentTypeBytes,
            let escaping = Self.escaping(name)
        else { return nil }
        self.init(name: name, escaping: escaping)
    }

    private init(name: String, escaping: PayloadEscaping) {
        self.name = name
        self.escaping = escaping
    }

    var isJSON: Bool { escaping == .json }

    private static func escaping(_ name: String) -> PayloadEscaping? {
        switch name {
        case "application/json": return .json
        case "application/xml", "text/xml": return .xml
        case "text/csv": return .csv
        case "text/plain": return PayloadEscaping.none
        default:
            guard name.hasPrefix("application/") else { return nil }
            if name.hasSuffix("+json") { return .json }
            return name.hasSuffix("+xml") ? .xml : nil
        }
    }
}
