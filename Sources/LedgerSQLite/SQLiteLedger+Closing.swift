package import Billing
package import Ledger

extension SQLiteLedger {
    package func closeDue(
        _ request: CloseRequest, at now: Instant
    ) async throws(LedgerError) -> ClosePass {
        let pass = try await afterRefolds(weight: request.limit, undo: .group, origin: .step) {
            try $0.closeDue(request, at: now)
        }
        guard !pass.hasMore else { return pass }
        return try await settleDue(request, after: pass.closed, at: now)
    }

    /// Writes the corrections that are due, each period added up anew beside the writer.
    private func settleDue(
        _ request: CloseRequest, after closed: [ClosedEntry], at now: Instant
    ) async throws(LedgerError) -> ClosePass {
        let room = request.limit - closed.count
        let due = try await readers.perform { database in
            let subscription = try request.subscriptionId.map { id in
                guard let row = try database.subscription(id) else {
                    throw LedgerError.unknownSubscription(id)
                }
                return row.number
            }
            return try database.dueSettlements(
                asOf: request.asOf, only: subscription, limit: room + 1)
        }
        var closed = closed
        for period in due.prefix(room) {
            let fold = try await addUp(period)
            let entry = try await writer.perform {
                try $0.settle(fold, asOf: request.asOf, at: now)
            }
            if let entry { closed.append(entry) }
        }
        return ClosePass(closed: closed, hasMore: due.count > room)
    }

    /// Adds a closed period up anew, a page at a time, from all that is in the log now.
    func addUp(_ period: Int64) async throws(LedgerError) -> SettlementFold {
        let fold = try await writer.perform {
            try $0.beginSettlement(of: period, through: $0.head.sequence)
        }
        try await addUp(fold)
        return fold
    }

    /// Folds all of a customer's records that count, beside the writer.
    func addUp(_ fold: SettlementFold) async throws(LedgerError) {
        let hasher = hasher
        while true {
            let page = try await writer.perform { try $0.settlementPage(fold) }
            if page.isEmpty { return }
            try await readers.perform { database in
                try fold.fold(
                    database.refoldPage(page, fold.catalog, hasher, through: fold.cutoff))
            }
        }
    }

    package func nextDue() async throws(LedgerError) -> Instant? {
        try await readers.perform { try $0.nextDue() }
    }
}
