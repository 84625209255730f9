import FunctionKit
import JSON
import Logging

/// Calls functions by name, for HTTP, for timers and for the command line alike.
struct Dispatcher: Sendable {
    let registry: FunctionRegistry
    let clock: any RuntimeClock
    let logger: Logger
    /// Who has work after a function has succeeded, by the function's name.
    let wakes: [String: [Nudge]]
    /// Where calls wait that read a whole history: each may take seconds and much memory.
    private let longWork: Turns

    init(
        registry: FunctionRegistry, clock: any RuntimeClock, logger: Logger,
        wakes: [String: [Nudge]] = [:],
        longWork: Turns = Turns(
            atOnce: RuntimeLimits.longCalls, places: RuntimeLimits.waitingLongCalls)
    ) {
        self.registry = registry
        self.clock = clock
        self.logger = logger
        self.wakes = wakes
        self.longWork = longWork
    }

    /// The same with one function more.
    func adding(_ function: some Function) -> Dispatcher {
        var registry = registry
        registry.register(function)
        return Dispatcher(
            registry: registry, clock: clock, logger: logger, wakes: wakes, longWork: longWork)
    }

    /// Calls `name` with a request that is already parsed.
    ///
    /// - Parameter access: what the caller is allowed.
    /// - Returns: the result's JSON.
    func call(
        _ name: String, _ document: JSONDocument, as access: Access = .everything,
        requestId: String = RequestID.make()
    ) async throws(Problem) -> [UInt8] {
        try access.require(registry.scope(of: name, document))
        let context = context(name, requestId: requestId)
        let result =
            try registry.isLong(name, document)
            ? await inTurn { () async throws(Problem) in
                try await registry.invoke(name, document, context)
            }
            : await registry.invoke(name, document, context)
        wakes[name]?.forEach { $0.ring() }
        return result
    }

    /// Does what reads a whole history when its turn has come.
    ///
    /// - Throws: `Problem` with `.overloaded` where too many wait already; what `work` throws.
    func inTurn<Value: Sendable>(
        _ work: @Sendable () async throws(Problem) -> Value
    ) async throws(Problem) -> Value {
        let full = Problem(
            .overloaded, "too many calls at once that read a whole history; try again")
        return try await longWork.run(orThrow: full, work)
    }

    /// Calls `name` with a body; an empty one is `{}`.
    func call(
        _ name: String, body: [UInt8], requestId: String = RequestID.make()
    ) async throws(Problem) -> [UInt8] {
        let context = context(name, requestId: requestId)
        let result = try await registry.invoke(name, body: body, context)
        wakes[name]?.forEach { $0.ring() }
        return result
    }

    /// What a call of `name` that begins now carries.
    func context(
        _ name: String, requestId: String = RequestID.make()
    ) -> FunctionContext {
        var logger = logger
        logger[metadataKey: "request"] = .string(requestId)
        logger[metadataKey: "function"] = .string(name)
        return FunctionContext(requestId: requestId, now: clock.now, logger: logger)
    }
}
