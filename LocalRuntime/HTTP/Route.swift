import HTTPTypes

/// What a path stands for.
enum Route: Equatable {
    case function(String)
    case health
    case readiness
    case metrics

    private static let functions = "/functions/"

    /// - Returns: nil where nothing stands at `path`.
    init?(_ path: String) {
        switch path {
        case "/healthz": self = .health
        case "/readyz": self = .readiness
        case "/metrics": self = .metrics
        default:
            guard path.hasPrefix(Self.functions) else { return nil }
            let name = path.dropFirst(Self.functions.count)
            guard !name.isEmpty, !name.utf8.contains(UInt8(ascii: "/")) else { return nil }
            self = .function(String(name))
        }
    }

    var methods: [HTTPRequest.Method] {
        switch self {
        case .function: [.post]
        case .health, .readiness, .metrics: [.get, .head]
        }
    }
}
