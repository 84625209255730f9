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
        case .array: try canonicalChildren(of: node) { $0.array($1) }
        case .object: try canonicalChildren(of: node) { $0.object($1) }
        }
    }

    private mutating func canonicalNumber(_ node: JSONNode) throws(NumberTextError) {
        let isWritten = node.withText { text in
            if PlainNumber.isPlain(text) { raw(text) } else { return false }
            return true
        }
        if !isWritten { raw(try PlainNumber(node.text).bytes) }
    }

    private mutating func canonicalChildren(
        of node: JSONNode, in wrap: (inout JSONWriter, (inout JSONWriter) -> Void) -> Void
    ) throws(NumberTextError) {
        var failure: NumberTextError?
        wrap(&self) { writer in
            for child in node.children where failure == nil {
                if node.kind == .object { child.withKey { writer.key($0) } }
                do throws(NumberTextError) { try writer.canonical(child) } catch { failure = error }
            }
        }
        if let failure { throw failure }
    }
}
