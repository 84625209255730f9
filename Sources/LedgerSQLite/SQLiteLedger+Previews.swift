package import Billing
package import Ledger

extension SQLiteLedger {
    package func running(
        _ key: InvoiceKey, at now: Instant
    ) async throws(LedgerError) -> ClosedPeriod? {
        // As for `usage`: the writer alone has the newest accumulators.
        try await afterRefolds { try $0.running(key, at: now) }
    }

    package func simulate(
        _ simulation: Simulation, at now: Instant
    ) async throws(LedgerError) -> SimulatedPeriod {
        let base = published.catalog
        let compiled = CompiledCatalog(base.book, hasher, simulating: simulation.plan)
        let begun = try await afterRefolds { state in
            // A catalog that was applied since is compiled anew.
            let catalog =
                state.catalog === base
                ? compiled
                : CompiledCatalog(
                    state.catalog.book, state.hasher, simulating: simulation.plan)
            return try state.beginSimulation(simulation, catalog, at: now)
        }
        try await addUp(begun.fold)
        return SimulatedPeriod(
            billed: begun.billed, running: begun.running,
            simulated: begun.last.simulated(on: simulation.plan, begun.fold.accumulators))
    }
}
