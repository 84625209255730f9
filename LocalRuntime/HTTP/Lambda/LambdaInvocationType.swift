import FunctionKit

/// How Lambda is asked to invoke a function.
enum LambdaInvocationType: String, CaseIterable {
    case requestResponse = "RequestResponse"
    /// Answered without the result.
    case event = "Event"
    case dryRun = "DryRun"

    /// - Throws: `Problem` for a header that names none.
    init(_ header: String?) throws(Problem) {
        guard let type = Self(rawValue: header ?? Self.requestResponse.rawValue) else {
            let known = Self.allCases.map(\.rawValue).joined(separator: ", ")
            throw Problem(.invalidRequest, "X-Amz-Invocation-Type must be one of \(known)")
        }
        self = type
    }
}
