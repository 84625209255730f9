import Foundation
import FunctionKit

/// What a request's `Content-Type` says of its body.
enum MediaType {
    /// What clients send where nobody told them: `curl -d`, `fetch` with a text, bytes.
    private static let unspecific = [
        "", "application/x-www-form-urlencoded", "text/plain", "application/octet-stream",
    ]

    /// The type without its parameters, in lower case.
    static func name(_ field: String) -> String {
        field.prefix { $0 != ";" }.trimmingCharacters(in: .whitespaces).lowercased()
    }

    /// - Parameter field: the header, nil where there is none.
    /// - Throws: `Problem` with `.unsupportedMediaType` where the body is something else than JSON.
    static func requireJSON(_ field: String?) throws(Problem) {
        let type = name(field ?? "")
        guard
            ["application/json", "text/json"].contains(type) || type.hasSuffix("+json")
                || unspecific.contains(type)
        else {
            throw Problem(.unsupportedMediaType, "a body is application/json, not \(type)")
        }
    }
}
