import FunctionKit
import Synchronization

/// The description as it is served: put together when somebody first asks for it.
final class OpenAPIPage: Sendable {
    private let functions: FunctionRegistry
    private let made = Mutex<[UInt8]?>(nil)

    init(_ functions: FunctionRegistry) { self.functions = functions }

    /// - Throws: `Problem` with `.internalError` where a resource cannot be read.
    func json() throws(Problem) -> [UInt8] {
        do {
            return try made.withLock { made in
                let json = try made ?? OpenAPIDocument.json(of: functions)
                made = json
                return json
            }
        } catch { throw Problem(.internalError, "the description cannot be made: \(error)") }
    }
}
