internal import Billing
internal import SQLite

/// The way from a customer to its records: sorted runs of (customer, sequence) pairs, as the file
/// has them.
///
/// What no run has yet stands at the log's end (`covered`). An index that is wrong gives other
/// events, and so a digest that no invoice has: nothing is taken on its word.
struct CustomerIndex {
    private let file: LedgerFile
    private let key: CustomerKey

    /// The runs of this kind, and its number among the kinds.
    private static let kind: Int64 = 3
    /// Bytes of an entry of fixed width: a fence.
    private static let entryBytes = 24

    init(of customer: Identifier, in file: LedgerFile) throws {
        self.file = file
        let statement = try file.connection.prepare("SELECT bytes FROM hash_key")
        guard try statement.step(), case let secret = statement.bytes(0), secret.count == 16
        else { throw Difference("the key of the customer index is missing or damaged") }
        key = CustomerKey(customer.bytes, secret: (secret[...].word(0), secret[...].word(8)))
    }

    /// A page of a customer's sequences.
    struct Page {
        var sequences: [Int64] = []
        /// Up to this record all are in runs.
        var covered: Int64 = 0
    }

    /// The customer's next sequences after one, in order, all read from one state of the file.
    func page(after last: Int64) throws -> Page {
        let page = try file.inOneState {
            var page = Page(covered: try covered())
            for run in try runs() where page.sequences.count < AuditLimits.indexPage {
                try collect(after: last, in: run, into: &page.sequences)
            }
            return page
        }
        guard zip(page.sequences, page.sequences.dropFirst()).allSatisfy({ $0 < $1 }) else {
            throw Difference("the customer index is not in order")
        }
        return page
    }

    private struct Run {
        let id: Int64
        let pages: Int64

        /// - Parameter part: 0 for entries, 1 for fences.
        func page(_ part: Int64, _ index: Int64) -> Int64 { id << 32 + part << 28 + index }
    }

    private func covered() throws -> Int64 {
        try file.connection.integer("SELECT lastSequence FROM run_coverage WHERE kind = 3") ?? 0
    }

    /// The runs that count, those with the oldest records first.
    private func runs() throws -> [Run] {
        let statement = try file.connection.prepare(
            "SELECT id, pageCount FROM run WHERE id >= ? AND id < ? ORDER BY tier DESC, id")
        try statement.bind(1, Self.kind << 28)
        try statement.bind(2, (Self.kind + 1) << 28)
        var runs: [Run] = []
        while try statement.step() {
            runs.append(Run(id: statement.integer(0), pages: statement.integer(1)))
        }
        return runs
    }

    private func collect(after last: Int64, in run: Run, into sequences: inout [Int64]) throws {
        let statement = try file.connection.prepare("SELECT bytes FROM run_page WHERE id = ?")
        for index in try firstPage(after: last, in: run)..<run.pages {
            statement.reset()
            try statement.bind(1, run.page(0, index))
            guard try statement.step() else { throw Self.damaged }
            var entries = PackedEntries(statement.bytes(0))
            while let entry = try entries.next() {
                if (entry.high, entry.middle) < (key.high, key.low) { continue }
                guard entry.high == key.high, entry.middle == key.low else { return }
                if entry.sequence <= last { continue }
                if sequences.count == AuditLimits.indexPage { return }
                sequences.append(entry.sequence)
            }
        }
    }

    /// The last page that begins at or before the customer's first record after one.
    private func firstPage(after last: Int64, in run: Run) throws -> Int64 {
        let statement = try file.connection.prepare(
            "SELECT bytes FROM run_page WHERE id >= ? AND id < ? ORDER BY id")
        try statement.bind(1, run.page(1, 0))
        try statement.bind(2, run.page(2, 0))
        var page: Int64 = -1
        while try statement.step() {
            let bytes = statement.bytes(0)
            for start in stride(from: 0, to: bytes.count, by: Self.entryBytes) {
                let fence = bytes[start...]
                guard fence.count >= Self.entryBytes else { throw Self.damaged }
                let words = (fence.word(0), fence.word(8), Int64(bitPattern: fence.word(16)))
                if words > (key.high, key.low, last) { return max(page, 0) }
                page += 1
            }
        }
        return max(page, 0)
    }

    private static let damaged = Difference("a page of the customer index is missing or damaged")
}

/// The entries of a page: a customer once, then the distances of its sequences.
///
/// Numbers stand in groups of seven bits, the lowest first. The lowest bit of one says whether a
/// customer's two words follow: if so the rest is a sequence, else a distance.
private struct PackedEntries {
    private let bytes: [UInt8]
    private var position = 0
    private var last: (high: UInt64, middle: UInt64, sequence: Int64)?

    init(_ bytes: [UInt8]) { self.bytes = bytes }

    mutating func next() throws(Difference) -> (high: UInt64, middle: UInt64, sequence: Int64)? {
        guard position < bytes.count else { return nil }
        let number = try number()
        let value = Int64(bitPattern: number >> 1)
        if number & 1 == 1 {
            guard bytes.count - position >= 16 else { throw damaged }
            last = (bytes[position...].word(0), bytes[position...].word(8), value)
            position += 16
        } else {
            guard let before = last else { throw damaged }
            last?.sequence = before.sequence &+ value
        }
        return last
    }

    private mutating func number() throws(Difference) -> UInt64 {
        var number: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard position < bytes.count else { throw damaged }
            let byte = bytes[position]
            position += 1
            number |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return number }
        }
        throw damaged
    }

    private var damaged: Difference { Difference("a page of the customer index is damaged") }
}

extension ArraySlice<UInt8> {
    /// Eight bytes from an offset on, the lowest first.
    fileprivate func word(_ offset: Int) -> UInt64 {
        self[(startIndex + offset)..<(startIndex + offset + 8)].reversed().reduce(0) {
            $0 << 8 | UInt64($1)
        }
    }
}
