internal import Billing

extension LedgerAudit {
    /// The one pass over the log.
    mutating func readLog(_ progress: (Int64, Int64) -> Void) throws {
        var chain = LogChain(of: file)
        var keys = KeySpool()
        var page = LogPage(checksForm: true)
        while true {
            try file.rows(after: chain.last) { page.append($0) }
            if page.count == 0 { break }
            try page.drain { record in
                try take(record, &chain)
                if let event = record.event { try keys.append(event) }
            }
            progress(chain.last, file.head)
        }
        if let difference = chain.finish() { report.add(difference) }
        try keys.duplicates { sequence, earlier in
            report.add(
                Difference(
                    "record \(sequence) has the key of record \(earlier)", sequence: sequence))
        }
        // What was due at records that are not there.
        try reach(.max, chain.digest)
    }

    private mutating func take(_ record: CheckedRecord, _ chain: inout LogChain) throws {
        try reach(record.sequence - 1, chain.digest)
        report.records += 1
        if let difference = record.difference { report.add(difference) }
        if let event = record.event { try take(event) }
        for pass in passes.indices where passes[pass].at >= record.recordedAt {
            passes[pass].head = record.sequence
        }
        let differences = try chain.append(
            record.sequence, record.difference == nil ? record.hash : nil, at: record.recordedAt)
        for difference in differences { report.add(difference) }
    }

    private mutating func take(_ event: EventRecord) throws {
        report.events += 1
        guard let index = customers.index(forKey: event.event.customerId) else { return }
        var void: VoidRecord?
        if !customers.values[index].voids.isEmpty {
            let known = customers.values[index].voidsByEvent[event.event.customerEventId]
            void = known.map { customers.values[index].voids[$0] }
            if let void {
                customers.values[index].openVoids.remove(void.sequence)
                let difference = try voids.difference(of: void, from: event.sequence)
                if let difference { report.add(difference) }
            }
        }
        for account in customers.values[index].accounts {
            do { try accounts[account].take(event, void: void) } catch {
                report.add(try Difference(error, in: "record \(event.sequence)"))
            }
        }
        if !passes.isEmpty {
            customers.values[index].events.append(VoidableEvent(record: event, void: void))
        }
    }

    /// Asks the accounts whose time has come.
    ///
    /// - Parameters:
    ///   - sequence: the last record that was taken.
    ///   - chain: the log's chain there.
    private mutating func reach(_ sequence: Int64, _ chain: Digest) throws {
        while let due = agenda.last, due.cutoff <= sequence {
            agenda.removeLast()
            try compare(accounts[due.account].reach(due.cutoff, chain: chain), due.account)
        }
    }

    private mutating func compare(_ invoice: ExpectedInvoice) throws {
        let close = invoice.close
        if let difference = try closes.difference(from: invoice) { report.add(difference) }
        guard let found = try invoices.invoice(close.number) else {
            if try invoices.isWaiting(close.number) {
                report.waitingInvoices += 1
            } else {
                report.add(Difference("\(invoice.name) is missing", sequence: close.sequence))
            }
            return
        }
        let difference = try InvoiceComparison(of: found, with: invoice).difference
        if let difference { report.add(difference) }
        if difference == nil {
            anchored = max(anchored, close.cutoff)
        } else if found.chain != invoice.chain.description {
            report.add(
                Difference(
                    "\(invoice.name) vouches for another log: one of the records "
                        + "\(anchored + 1)…\(close.cutoff) was changed, removed or put in, unless "
                        + "the invoice was changed", sequence: anchored + 1))
        }
    }

    private mutating func compare(_ outcome: Account.Outcome, _ account: Int) throws {
        for difference in outcome.differences { report.add(difference) }
        for invoice in outcome.invoices { try compare(invoice) }
        for (row, tallies) in outcome.rows {
            report.accumulators += 1
            let difference = try accounts[account].difference(of: row, tallies, periods)
            if let difference { report.add(difference) }
        }
    }
}

extension LedgerAudit {
    /// What can be told only when all was read.
    mutating func finish() throws {
        for customer in customers.values {
            for void in customer.openVoids {
                report.add(
                    Difference(
                        "record \(void) voids an event that is not there", sequence: void))
            }
            for index in customer.accounts {
                report.lateEvents += accounts[index].books.lateCount
                if let unplaced = try accounts[index].unplaced(periods) { report.add(unplaced) }
                for difference in try accounts[index].unsettled(settlements, periods) {
                    report.add(difference)
                }
                try checkPasses(of: index, customer.events)
            }
        }
        try file.inOneState { if try file.isStill() { try finishStill() } }
    }

    /// The same, where no server has gone on with the log.
    private mutating func finishStill() throws {
        for (index, rows) in ignoring {
            for row in rows {
                do {
                    let difference = try accounts[index].ignoredDifference(of: row, periods)
                    if let difference { report.add(difference) }
                } catch is Difference {
                    // Told already: the row cannot be read.
                }
            }
        }
        try checkAliens()
    }

    private mutating func checkPasses(of index: Int, _ events: [VoidableEvent]) throws {
        guard !passes.isEmpty else { return }
        let account = accounts[index]
        let own = passes.filter {
            $0.subscription ?? account.timeline.record.id == account.timeline.record.id
        }
        do { try account.check(own, events) } catch {
            report.add(try Difference(error, in: "subscription \(account.timeline.record.id)"))
        }
    }

    /// Invoices of which the log knows nothing.
    private mutating func checkAliens() throws {
        let known = report.invoices.values.reduce(0, +)
        if report.isClean, try closes.count() != Int64(known) {
            report.add(Difference("the table close has rows of which the log knows nothing"))
        }
        if report.isClean, try voids.count() != Int64(report.voids) {
            report.add(Difference("the table void has rows of which the log knows nothing"))
        }
        for number in try invoices.numbers(outside: 1...Int64(max(known, 1))) {
            report.add(Difference("invoice \(number) is none by the log"))
        }
    }
}
