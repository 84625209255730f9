import FunctionKit
import Ledger
import Logging

/// A call of a function on a ledger's file that no server has open.
struct LocalInvocation: Sendable {
    let dataFile: String
    let setting: Setting

    /// Calls the function and writes the invoices of periods it closed.
    ///
    /// Webhooks wait for the next server.
    ///
    /// - Returns: the result's JSON.
    func call(_ function: String, _ body: [UInt8]) async throws -> [UInt8] {
        try await withWiring { wiring, dispatcher in
            let result = try await dispatcher.call(function, body: body)
            if Wiring.leaveInvoices.contains(function) {
                try await wiring.writeInvoices(dispatcher)
            }
            return result
        }
    }

    /// Writes the invoices of all that is closed.
    func writeInvoices() async throws {
        try await withWiring { try await $0.writeInvoices($1) }
    }

    /// Opens the file for as long as `body` takes.
    func withWiring<Value>(
        _ body: (Wiring, Dispatcher) async throws -> Value
    ) async throws -> Value {
        let logger = Logger.program(setting, fallback: .warning)
        return try await Wiring.with(
            dataFile, webhooks: .init(setting), logger: logger
        ) { wiring in
            try await body(
                wiring,
                Dispatcher(registry: wiring.functions, clock: SystemClock(), logger: logger))
        }
    }
}
