import CSimdJSON
import Glibc

/// One value of a `JSONDocument`: a position in it, cheap to copy.
package struct JSONNode: Sendable {
    package let document: JSONDocument
    /// The value's place in its document.
    package let index: Int

    package init(document: JSONDocument, index: Int) {
        self.document = document
        self.index = index
    }

    package enum Kind: UInt8, Sendable {
        case null, `false`, `true`, number, string, array, object
    }

    /// Read where it lies: a copy of the whole costs more than most of its uses.
    @inline(__always)
    private var raw: UnsafeMutablePointer<json_node> { document.raw.pointee.nodes + index }

    package var kind: Kind { Kind(rawValue: raw.pointee.kind) ?? .null }
    package var isNull: Bool { kind == .null }
    /// What is wrong with it or with what it holds; the value is null where it could not be read.
    package var fault: JSONFault? { JSONFault(rawValue: raw.pointee.fault) }

    /// The bytes of a string, unescaped, or of a number, as written; none of any other value.
    ///
    /// Valid only inside `body`.
    package func withText<Result, Failure: Error>(
        _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let node = raw
        defer { withExtendedLifetime(document) {} }
        // A container's offset and length count nodes.
        let isText = node.pointee.kind == json_kind_string || node.pointee.kind == json_kind_number
        return try body(
            UnsafeBufferPointer(
                start: document.raw.pointee.text + (isText ? Int(node.pointee.offset) : 0),
                count: isText ? Int(node.pointee.length) : 0))
    }

    package var text: [UInt8] { withText(Array.init) }
    package var string: String { withText { String(decoding: $0, as: UTF8.self) } }

    package func withKey<Result, Failure: Error>(
        _ body: (UnsafeBufferPointer<UInt8>) throws(Failure) -> Result
    ) throws(Failure) -> Result {
        let node = raw
        defer { withExtendedLifetime(document) {} }
        return try body(
            UnsafeBufferPointer(
                start: document.raw.pointee.text + Int(node.pointee.key_offset),
                count: Int(node.pointee.key_length)))
    }

    package var key: String { withKey { String(decoding: $0, as: UTF8.self) } }

    /// How many members or elements a container holds.
    package var count: Int { kind.rawValue >= Kind.array.rawValue ? Int(raw.pointee.length) : 0 }

    /// The elements of an array as written, the members of an object by the bytes of their keys.
    package var children: Children {
        Children(document: document, position: count == 0 ? 0 : Int(raw.pointee.offset))
    }

    package struct Children: Sequence, IteratorProtocol {
        let document: JSONDocument
        var position: Int

        package mutating func next() -> JSONNode? {
            guard position != 0 else { return nil }
            defer { position = Int(document.raw.pointee.nodes[position].sorted_next) }
            return JSONNode(document: document, index: position)
        }
    }

    /// The member of an object with exactly these key bytes.
    package func member(_ key: some Collection<UInt8>) -> JSONNode? {
        if let found = key.withContiguousStorageIfAvailable({ member(named: $0) }) { return found }
        return Array(key).withUnsafeBufferPointer { member(named: $0) }
    }

    private func member(named key: UnsafeBufferPointer<UInt8>) -> JSONNode? {
        guard kind == .object else { return nil }
        return children.first { child in child.withKey { $0.equals(key) } }
    }

    package func member(_ key: String) -> JSONNode? { member(key.utf8) }
}

extension JSONNode {
    /// Whether the value, itself included, nests at most `limit` levels of containers.
    package func nests(atMost limit: Int) -> Bool { Int(raw.pointee.height) <= limit }
}

extension UnsafeBufferPointer<UInt8> {
    /// Whether both have the same bytes.
    package func equals(_ other: UnsafeBufferPointer<UInt8>) -> Bool {
        guard count == other.count else { return false }
        guard count > 0, let mine = baseAddress, let theirs = other.baseAddress else { return true }
        return memcmp(mine, theirs, count) == 0
    }
}
