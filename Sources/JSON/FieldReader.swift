/// One thing wrong with a request's field.
package struct FieldIssue: Sendable, Equatable {
    /// Which status the field answers with.
    ///
    /// `malformed` (400): the wrong JSON type or shape, a field that is missing or unknown.
    /// `meaningless` (422): the right type, but a value that says nothing, also a string that does
    /// not read as an instant, a duration, a decimal or a key.
    package enum Severity: Sendable { case malformed, meaningless }

    /// RFC 6901 pointer into the request.
    package let pointer: String
    package let detail: String
    package let severity: Severity

    package init(pointer: String, detail: String, severity: Severity) {
        self.pointer = pointer
        self.detail = detail
        self.severity = severity
    }
}

/// Thrown when a request's fields are to blame: all of them at once.
package struct InvalidFields: Error, Equatable {
    package let issues: [FieldIssue]

    package init(_ issues: [FieldIssue]) { self.issues = issues }
}

/// Gathers what is wrong with one request while it is read.
package final class FieldIssues {
    package private(set) var all: [FieldIssue] = []

    /// A body of nothing but typos must not be answered with a hundred times its size.
    package static let maximumCount = 1_000

    package init() {}

    /// Keeps the first `maximumCount`: one is enough to refuse the request.
    package func add(_ issue: FieldIssue) {
        if all.count < Self.maximumCount { all.append(issue) }
    }

    /// Hands over what was gathered and begins anew.
    package func drain() -> [FieldIssue] {
        defer { all = [] }
        return all
    }

    package func throwIfAny() throws(InvalidFields) {
        if !all.isEmpty { throw InvalidFields(all) }
    }
}

/// Reads the members of one object; whatever is not asked for is a typo and becomes an issue.
package struct FieldReader {
    /// The object itself.
    package let value: FieldValue
    private var known: [StaticString] = []

    fileprivate init(_ value: FieldValue) { self.value = value }

    /// The member's value, or nil where it is absent or null.
    package mutating func optional(_ key: StaticString) -> FieldValue? {
        known.append(key)
        let member = key.withUTF8Buffer { value.node.member($0) }
        guard let member, !member.isNull else { return nil }
        return FieldValue(
            member, path: .member(value.path, key), issues: value.issues)
    }

    /// The member's value; its absence is an issue.
    package mutating func required(_ key: StaticString) -> FieldValue? {
        if let value = optional(key) { return value }
        value.issues.add(
            FieldIssue(
                pointer: FieldPath.member(value.path, key).pointer, detail: "is required",
                severity: .malformed))
        return nil
    }

    /// Turns every member that was not asked for into an issue.
    ///
    /// Call it once all are read.
    package func refuseUnknown() {
        for member in value.node.children
        where !member.withKey({ key in
            known.contains { $0.withUTF8Buffer { key.elementsEqual($0) } }
        }) {
            value.issues.add(
                FieldIssue(
                    pointer: FieldPath.named(value.path, member.key).pointer,
                    detail: "is not a field of this object; known are \(knownNames)",
                    severity: .malformed))
        }
    }

    private var knownNames: String { known.map(\.description).joined(separator: ", ") }
}

/// A value in a request, where it stands, and where its issues go.
package struct FieldValue {
    package let node: JSONNode
    package let path: FieldPath
    package let issues: FieldIssues

    package init(_ node: JSONNode, path: FieldPath = .root, issues: FieldIssues) {
        self.node = node
        self.path = path
        self.issues = issues
    }

    /// Records what is wrong with this value.
    package func note(_ detail: String, _ severity: FieldIssue.Severity = .meaningless) {
        issues.add(FieldIssue(pointer: path.pointer, detail: detail, severity: severity))
    }

    /// Records what is wrong with this value and returns nil, so that a reader can `return` it.
    package func issue<Value>(
        _ detail: String, _ severity: FieldIssue.Severity = .meaningless
    ) -> Value? {
        note(detail, severity)
        return nil
    }

    package func object() -> FieldReader? {
        guard node.kind == .object else { return issue("must be an object", .malformed) }
        return FieldReader(self)
    }

    package func array() -> [FieldValue]? {
        guard node.kind == .array else { return issue("must be an array", .malformed) }
        return node.children.enumerated().map { index, child in
            FieldValue(child, path: .element(path, index), issues: issues)
        }
    }

    /// Every element read by `read`, or nil where one could not be.
    package func array<Element>(
        limit: Int, _ read: (FieldValue) -> Element?
    ) -> [Element]? {
        guard let elements = array() else { return nil }
        guard elements.count <= limit else { return issue("must have at most \(limit) elements") }
        let values = elements.map(read)
        return values.contains { $0 == nil } ? nil : values.compactMap(\.self)
    }

    package func string() -> String? {
        guard node.kind == .string else { return issue("must be a string", .malformed) }
        return node.string
    }

    /// Text that people read: at most `limit` UTF-8 bytes.
    package func text(limit: Int) -> String? {
        guard let string = string() else { return nil }
        guard string.utf8.count <= limit else { return issue("must have at most \(limit) bytes") }
        return string
    }

    package func bool() -> Bool? {
        switch node.kind {
        case .true: return true
        case .false: return false
        default: return issue("must be true or false", .malformed)
        }
    }

    /// A whole number however it is written: `10`, `10.0`, `1e1`.
    package func integer(in range: ClosedRange<Int>) -> Int? {
        guard node.kind == .number, let plain = try? node.plainNumber(),
            let value = Int(String(decoding: plain, as: UTF8.self))
        else { return issue("must be a whole number", .malformed) }
        guard range.contains(value) else {
            return issue("must lie from \(range.lowerBound) to \(range.upperBound)")
        }
        return value
    }

    /// One of an enum's raw values.
    package func choice<Choice>(_: Choice.Type = Choice.self) -> Choice?
    where Choice: RawRepresentable<String> & CaseIterable {
        guard let string = string() else { return nil }
        guard let choice = Choice(rawValue: string) else {
            let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            return issue("must be one of \(known)")
        }
        return choice
    }
}

/// Where a value stands; its text is made only when something is wrong.
package indirect enum FieldPath {
    case root
    case member(FieldPath, StaticString)
    case named(FieldPath, String)
    case element(FieldPath, Int)

    package var pointer: String {
        switch self {
        case .root: ""
        case .member(let parent, let key): parent.pointer + "/" + key.description
        case .named(let parent, let key):
            // By scalar: a character that begins with `~` may carry accents.
            parent.pointer + "/"
                + key.unicodeScalars
                .map { $0 == "~" ? "~0" : $0 == "/" ? "~1" : String($0) }.joined()
        case .element(let parent, let index): parent.pointer + "/\(index)"
        }
    }
}
