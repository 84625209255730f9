import Billing
import JSON
import Testing

func instant(_ text: String) throws -> Instant {
    try #require(Instant(rfc3339: text), "\(text) is no instant")
}

func date(_ text: String) throws -> LocalDate {
    try #require(LocalDate(iso8601: text), "\(text) is no date")
}

func zone(_ name: String) throws -> Zone {
    try #require(Zone(name: name), "\(name) is no zone")
}

/// What reading `json` as one field's value gives, and everything wrong with it.
func reading<Value>(
    _ json: String, _ read: (FieldValue) -> Value?
) throws -> (value: Value?, issues: [FieldIssue]) {
    // The parser takes objects and arrays only.
    let document = try JSONDocument.parse(Array("[\(json)]".utf8))
    let issues = FieldIssues()
    let element = try #require(document.root.children.first { _ in true })
    let value = read(FieldValue(element, issues: issues))
    return (value, issues.all)
}
