import HTTPTypes

/// What a path stands for.
enum Route: Equatable {
    case function(String)
    /// The document of the invoice with this id.
    case invoice(String)
    case health
    case readiness
    case metrics

    private static let functions = "/functions/"
    private static let invoices = "/invoices/"
    private static let page = ".html"

    /// - Returns: nil where nothing stands at `path`.
    init?(_ path: String) {
        switch path {
        case "/healthz": self = .health
        case "/readyz": self = .readiness
        case "/metrics": self = .metrics
        default:
            if let name = Self.name(in: path, after: Self.functions) {
                self = .function(name)
            } else if let id = Self.name(in: path, after: Self.invoices, before: Self.page) {
                self = .invoice(id)
            } else {
                return nil
            }
        }
    }

    /// The one step of a path that stands between `prefix` and `suffix`.
    private static func name(
        in path: String, after prefix: String, before suffix: String = ""
    ) -> String? {
        guard path.hasPrefix(prefix), path.hasSuffix(suffix) else { return nil }
        let name = path.dropFirst(prefix.count).dropLast(suffix.count)
        guard !name.isEmpty, !name.utf8.contains(UInt8(ascii: "/")) else { return nil }
        return String(name)
    }

    var methods: [HTTPRequest.Method] {
        switch self {
        case .function: [.post]
        case .invoice, .health, .readiness, .metrics: [.get, .head]
        }
    }
}
