package import JSON

/// The functions of a runtime, by name.
package struct FunctionRegistry: Sendable {
    private typealias Call = @Sendable (JSONDocument, FunctionContext) async throws -> [UInt8]
    private typealias Scope = @Sendable (JSONDocument) -> Result<AccessScope, JSONError>

    private var calls: [String: Call] = [:]
    private var scopes: [String: Scope] = [:]
    private var lengths: [String: @Sendable (JSONNode) -> Bool] = [:]

    package init() {}

    package var names: [String] { calls.keys.sorted() }

    package mutating func register<F: Function>(_ function: F) {
        scopes[F.name] = { document in
            if let fault = F.Input.fault(of: document) { return .failure(fault) }
            return .success(F.scope(of: document.root))
        }
        lengths[F.name] = { F.isLong($0) }
        calls[F.name] = { document, context in
            if let fault = F.Input.fault(of: document) { throw fault }
            let issues = FieldIssues()
            let input = F.Input(FieldValue(document.root, issues: issues))
            try issues.throwIfAny()
            guard let input else { throw Problem(.internalError, "the input could not be read") }
            return try await function.handle(input, context).json
        }
    }

    /// What a caller must be allowed for this request.
    ///
    /// - Throws: `Problem` where there is no such function, or the request cannot be read.
    package func scope(of name: String, _ document: JSONDocument) throws(Problem) -> AccessScope {
        guard let scope = scopes[name] else { throw unknown(name) }
        do throws(JSONError) { return try scope(document).get() } catch { throw error.problem }
    }

    /// Whether a request reads a whole history.
    package func isLong(_ name: String, _ document: JSONDocument) -> Bool {
        lengths[name]?(document.root) ?? false
    }

    private func unknown(_ name: String) -> Problem {
        Problem(
            .unknownFunction,
            "there is no function \"\(name)\"; known are " + names.joined(separator: ", "))
    }

    /// Calls the function `name` with a request that is already parsed.
    ///
    /// - Returns: the result's JSON.
    /// - Throws: `Problem`, whatever went wrong.
    package func invoke(
        _ name: String, _ document: JSONDocument, _ context: FunctionContext
    ) async throws(Problem) -> [UInt8] {
        guard let call = calls[name] else { throw unknown(name) }
        do {
            return try await call(document, context)
        } catch {
            throw Problem(any: error, context)
        }
    }

    /// Parses `body` and calls the function `name` with it; an empty body is `{}`.
    package func invoke(
        _ name: String, body: [UInt8], _ context: FunctionContext
    ) async throws(Problem) -> [UInt8] {
        let document: JSONDocument
        do throws(JSONError) {
            document = try JSONDocument.parse(
                body.isEmpty ? Array("{}".utf8) : body, keepsFaults: true)
        } catch { throw error.problem }
        return try await invoke(name, document, context)
    }
}
