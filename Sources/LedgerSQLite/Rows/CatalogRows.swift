internal import Billing
internal import JSON
internal import SQLite

extension Catalog {
    /// Reads the payload of a catalog's record.
    init(payload: [UInt8]) throws {
        let issues = FieldIssues()
        guard var reader = FieldValue(try JSONDocument.parse(payload).root, issues: issues).object()
        else { throw CorruptRow() }
        self.init(&reader)
        try issues.throwIfAny()
    }
}

extension Database {
    /// The catalog as its records in the log make it, one after the other.
    borrowing func catalogBook() throws -> CatalogBook {
        let payloads = try all("SELECT payload FROM log WHERE kind = 3 ORDER BY sequence") { _ in
        } _: { row in
            row.bytes(0)
        }
        var book = CatalogBook()
        for payload in payloads { _ = try book.apply(Catalog(payload: payload)) }
        return book
    }
}
