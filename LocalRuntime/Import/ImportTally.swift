import JSON

/// What became of an import's rows.
struct ImportTally: Equatable, Sendable {
    /// A row that was not taken, and why.
    struct Problem: Equatable, Sendable {
        let line: Int
        let status: String
        let customerEventId: String?
        let detail: String
    }

    private(set) var accepted = 0
    private(set) var duplicates = 0
    private(set) var conflicts = 0
    private(set) var rejected = 0
    private(set) var unbilled = 0
    /// The first ones, in the file's order.
    private(set) var problems: [Problem] = []

    init() {}

    var rows: Int { accepted + duplicates + conflicts + rejected }
    var isClean: Bool { conflicts == 0 && rejected == 0 }

    /// Takes in what a batch holds besides its events.
    mutating func count(faultsOf batch: ImportBatch) {
        rejected += batch.faults.count
        for fault in batch.faults {
            note(
                Problem(
                    line: fault.line, status: "rejected", customerEventId: nil,
                    detail: fault.detail))
        }
    }

    /// Takes in the answer to a batch's call of `ingestEvent`.
    ///
    /// - Throws: `ImportError` where it does not account for every event of the batch.
    mutating func count(
        _ answer: [UInt8], to batch: ImportBatch
    ) throws(ImportError) {
        let document: JSONDocument
        do throws(JSONError) { document = try JSONDocument.parse(answer) } catch {
            throw ImportError("the answer cannot be read: \(error)")
        }
        let root = document.root
        let before = rows
        accepted += root.count("accepted")
        duplicates += root.count("duplicates")
        conflicts += root.count("conflicts")
        rejected += root.count("rejected")
        unbilled += root.count("unbilled")
        guard rows - before == batch.lines.count else {
            throw ImportError(
                "the answer accounts for \(rows - before) of \(batch.lines.count) events")
        }
        guard let results = root.member("results"), results.kind == .array else { return }
        for result in results.children { note(result, batch) }
    }

    private mutating func note(_ result: JSONNode, _ batch: ImportBatch) {
        let status = result.member("status")?.string ?? ""
        guard status == "rejected" || status == "conflict",
            let index = result.member("index").flatMap({ Int($0.string) }),
            batch.lines.indices.contains(index)
        else { return }
        note(
            Problem(
                line: batch.lines[index], status: status,
                customerEventId: result.member("customerEventId")?.string,
                detail: result.member("error")?.string ?? ""))
    }

    /// Faults come before the answer to their batch, so the place is looked for.
    private mutating func note(_ problem: Problem) {
        let place = problems.firstIndex { $0.line > problem.line } ?? problems.endIndex
        problems.insert(problem, at: place)
        if problems.count > ImportLimits.listedProblems { problems.removeLast() }
    }
}

extension JSONNode {
    fileprivate func count(_ name: String) -> Int { member(name).flatMap { Int($0.string) } ?? 0 }
}
