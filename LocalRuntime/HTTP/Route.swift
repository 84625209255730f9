import Foundation
import Functions
import HTTPTypes

/// What a path stands for.
enum Route: Equatable {
    case function(String)
    /// A function as AWS Lambda has it.
    case lambda(String)
    /// The document of the invoice with this id.
    case invoice(String)
    case health
    case readiness
    case metrics
    /// The description of all the others.
    case openAPI

    private static let functions = "/functions/"
    /// Where CloudEvents are usually sent.
    private static let events = "/v1/events"
    private static let lambdas = "/2015-03-31/functions/"
    private static let invocations = "/invocations"
    private static let invoices = "/invoices/"
    private static let page = ".html"

    /// - Returns: nil where nothing stands at `path`.
    init?(_ path: String) {
        switch path {
        case "/healthz": self = .health
        case "/readyz": self = .readiness
        case "/metrics": self = .metrics
        case "/openapi.json": self = .openAPI
        case Self.events: self = .function(IngestEvent.name)
        default:
            if let name = Self.name(in: path, after: Self.functions) {
                self = .function(name)
            } else if let name = Self.name(in: path, after: Self.lambdas, before: Self.invocations)
            {
                self = .lambda(Self.functionName(name))
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

    /// The name in what a client of Lambda calls a function: `NAME`, `NAME:QUALIFIER`, or an ARN
    /// with `function:NAME` in it.
    private static func functionName(_ text: String) -> String {
        let parts = (text.removingPercentEncoding ?? text).split(separator: ":")
        let marker = parts.firstIndex(of: "function").map { parts.index(after: $0) } ?? 0
        return marker < parts.count ? String(parts[marker]) : text
    }

    var methods: [HTTPRequest.Method] {
        switch self {
        case .function, .lambda: [.post]
        case .invoice, .health, .readiness, .metrics, .openAPI: [.get, .head]
        }
    }
}
