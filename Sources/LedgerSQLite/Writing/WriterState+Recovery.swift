internal import Billing
internal import Ledger
internal import SQLite

extension WriterState {
    /// Takes the log's tail in again: keys that are in no run yet, folds that are in no saved row.
    mutating func recover(from path: String) throws {
        try database.repeatRefolds(doneFrom: indexes.unique.coveredThrough)
        let start = min(checkpoint.sequence, indexes.coveredThrough)
        guard start < head.sequence else { return }
        let pages = PagesAhead(of: path, after: start, catalog, hasher)
        defer { pages.stop() }
        while true {
            let page = try pages.next()
            for record in page.records {
                indexes.insert(page.batch.prepared[record.place], record)
                // What is saved and whose values are in runs is done.
                if case .event = record.kind,
                    record.sequence
                        > min(
                            checkpoint.sequence, indexes.unique.coveredThrough)
                {
                    try replay(page.batch, record)
                }
            }
            try saveWhereCrowded()
            guard page.records.count == PagesAhead.pageSize else { return }
        }
    }

    /// Recovering must find room as ingesting does.
    private mutating func saveWhereCrowded() throws {
        let limit = memory.residents(beside: indexes.byteCount)
        guard residents.byteCount > limit else { return }
        for period in residents.takeUnsaved() { try save(period) }
        residents.evict(downTo: limit)
    }

    /// Folds one event again as it was folded first: what was decided then is in the periods.
    private mutating func replay(_ batch: PreparedBatch, _ record: RefoldRecord) throws {
        let event = batch.events[record.place]
        let prepared = batch.prepared[record.place]
        let customer = try customer(of: batch, record.place)
        for subscription in residents.customers[customer].subscriptions
        where takes(subscription, prepared, event.timestamp) {
            // What is being folded anew takes it in its turn.
            guard residents.subscriptions[subscription].refold == nil,
                let placed = try placement(of: batch, record.place, record.sequence, subscription)
            else { continue }
            switch placed {
            case .open(let placement): try replay(batch, record, placement)
            case .closed(let origin, let period):
                guard record.sequence > indexes.unique.coveredThrough else { continue }
                try noteValues(batch, record.place, of: origin, in: period, subscription)
            }
        }
    }

    private mutating func replay(
        _ batch: PreparedBatch, _ record: RefoldRecord, _ placement: Placement
    ) throws {
        try loadAccumulators(of: placement.period)
        if residents.periods[placement.period].foldedThrough < record.sequence {
            scratch.placements = [placement]
            // What could not be folded then is left out again.
            var remarks = EventRemarks()
            try check(batch, record.place, &remarks)
            if !remarks.hasOverflow { try fold(batch, record.place, record.sequence) }
        } else if record.sequence > indexes.unique.coveredThrough {
            // A saved row has the record; its values must be known as counted all the same.
            try noteValues(batch, record.place, placement)
        }
    }
}
