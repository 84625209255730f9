/// The canonical form that event hashes are taken over (`semantics.md`, Evidence): members sorted by
/// their UTF-8 bytes, no white space, numbers in plain notation without superfluous zeros.
extension JSONWriter {
    /// - Throws: `NumberTextError` where a number's exponent is out of bounds.
    package mutating func canonical(_ node: JSONNode) throws(NumberTextError) {
        switch node.kind {
        case .null: null()
        case .false: bool(false)
        case .true: bool(true)
        case .string: node.withText { string($0) }
        case .number: try canonicalNumber(node)
        case .array:
            beginArray()
            for child in node.children { try canonical(child) }
            endArray()
        case .object:
            beginObject()
            for child in node.children {
                child.withKey { key($0) }
                try canonical(child)
            }
            endObject()
        }
    }

    private mutating func canonicalNumber(_ node: JSONNode) throws(NumberTextError) {
        let isWritten = node.withText { text in
            if PlainNumber.isPlain(text) { raw(text) } else { return false }
            return true
        }
        if !isWritten { raw(try PlainNumber(node.text).bytes) }
    }
}
