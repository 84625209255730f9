import CSimdJSON

/// What is wrong with one value of a text that was parsed with `keepsFaults`.
package enum JSONFault: UInt8, CaseIterable, Sendable {
    /// Nothing but what it holds.
    case within = 1
    /// A string that has no characters: half a surrogate pair, an escape that is none, bytes that
    /// are not UTF-8, a control character.
    case text
    /// Neither a number, a literal nor a string.
    case token
    case tooDeep
    case duplicateMember
    /// The name of a member is no text.
    case key

    fileprivate var detail: String? {
        switch self {
        case .within: nil
        case .text: "must be text: UTF-8 with surrogates in pairs and control characters escaped"
        case .token: "must be JSON"
        case .tooDeep: "nests too deep"
        case .duplicateMember: "must not have two members of one name"
        case .key: "must have members whose names are text"
        }
    }
}

extension FieldValue {
    /// Records each fault in this value where it stands, as many as are kept.
    package func noteFaults() {
        guard let fault = node.fault, issues.all.count < FieldIssues.maximumCount else { return }
        if let detail = fault.detail { note(detail, .malformed) }
        for (index, child) in node.children.enumerated() where child.fault != nil {
            let path =
                node.kind == .object
                ? FieldPath.named(path, child.key) : FieldPath.element(path, index)
            FieldValue(child, path: path, issues: issues).noteFaults()
        }
    }
}

extension JSONWriter {
    /// A value as it was written, white space and the order of members apart; one with a fault has
    /// that fault again.
    package mutating func verbatim(_ node: JSONNode) {
        switch node.fault {
        case .text: raw(#""\ud800""#.utf8)
        case .token: raw("?".utf8)
        case .tooDeep: tooDeep()
        case .key: raw(#"{"\ud800":0}"#.utf8)
        case .within, .duplicateMember, nil: sound(node)
        }
    }

    private mutating func sound(_ node: JSONNode) {
        switch node.kind {
        case .null: null()
        case .false: bool(false)
        case .true: bool(true)
        case .string: node.withText { string($0) }
        case .number: node.withText { raw($0) }
        case .array:
            array { writer in
                for child in node.children { writer.verbatim(child) }
            }
        case .object:
            object { writer in
                for child in node.children {
                    child.withKey { writer.key($0) }
                    writer.verbatim(child)
                }
            }
        }
    }

    private mutating func tooDeep() {
        for _ in 0...JSONDocument.usualDepth { beginArray() }
        for _ in 0...JSONDocument.usualDepth { endArray() }
    }
}
