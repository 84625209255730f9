package import Billing
package import JSON
package import Logging

/// A stateless handler: a value with its dependencies injected, called by name with JSON.
package protocol Function: Sendable {
    associatedtype Input: FunctionInput
    associatedtype Output: JSONWritable

    /// What callers call it: `ingestEvent`.
    static var name: String { get }
    /// What a caller must be allowed; `admin` unless the function says otherwise.
    static var scope: AccessScope { get }
    /// The same where it depends on the request, which nobody has checked yet.
    static func scope(of request: JSONNode) -> AccessScope

    /// Whether a request, which nobody has checked yet, reads a whole history: few such calls run at
    /// once.
    static func isLong(_ request: JSONNode) -> Bool

    /// - Throws: `Problem`, or an error that is `ProblemConvertible`; anything else is a bug and
    ///   answers 500.
    func handle(_ input: Input, _ context: FunctionContext) async throws -> Output
}

extension Function {
    package static var scope: AccessScope { .admin }
    package static func scope(of request: JSONNode) -> AccessScope { scope }
    package static func isLong(_ request: JSONNode) -> Bool { false }
}

/// A request read from JSON, all of its faults recorded at once.
package protocol FunctionInput: Sendable {
    /// - Returns: nil where an issue was recorded.
    init?(_ value: FieldValue)

    /// Why a request cannot be read at all: that a value of it is faulty, unless the input itself
    /// takes care of such values.
    static func fault(of request: JSONDocument) -> JSONError?
}

extension FunctionInput {
    package static func fault(of request: JSONDocument) -> JSONError? { request.fault }
}

/// What a call carries besides its input.
package struct FunctionContext: Sendable {
    /// Names the call in logs and in its answer.
    package let requestId: String
    /// The clock's instant, read once when the call began.
    package let now: Instant
    package let logger: Logger

    package init(requestId: String, now: Instant, logger: Logger) {
        self.requestId = requestId
        self.now = now
        self.logger = logger
    }
}

/// The input of a function that takes none: `{}`.
package struct NoInput: FunctionInput {
    package init?(_ value: FieldValue) {
        guard let reader = value.object() else { return nil }
        reader.refuseUnknown()
    }
}
