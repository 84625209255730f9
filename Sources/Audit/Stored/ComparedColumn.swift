/// A column of a row beside what it must be, both as texts.
struct ComparedColumn {
    private let name: String
    private let found: String
    private let must: String

    init(
        _ name: String, _ found: some CustomStringConvertible, _ must: some CustomStringConvertible
    ) {
        (self.name, self.found, self.must) = (name, found.description, must.description)
    }

    /// One that may be NULL.
    init(
        _ name: String, _ found: (some CustomStringConvertible)?,
        _ must: (some CustomStringConvertible)?
    ) {
        self.init(name, found?.description ?? "none", must?.description ?? "none")
    }

    /// Texts are bytes: those that only Unicode holds equal differ.
    fileprivate var differs: Bool { !found.utf8.elementsEqual(must.utf8) }

    fileprivate var difference: String { "has the \(name) \(found), and must have \(must)" }
}

extension [ComparedColumn] {
    /// What of the first that differs; nil where none does.
    var difference: String? { first { $0.differs }?.difference }
}
