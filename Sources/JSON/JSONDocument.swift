import CSimdJSON

/// A parsed JSON text: one flat array of nodes and one of text, freed together.
///
/// Numbers stay as they were written, so a decimal never passes through a binary float.
package final class JSONDocument: @unchecked Sendable {
    // Safe to share: nothing is written after `init`.
    let raw: UnsafeMutablePointer<json_document>

    /// Parses `bytes`; an object's members must be unique and nesting at most `maximumDepth`.
    ///
    /// - Parameter capacity: how many bytes may be read from the start of `bytes`; with 64 more
    ///   than it holds nothing is copied.
    /// - Throws: `JSONError` if the text is not RFC 8259 JSON within those bounds.
    package init(
        _ bytes: UnsafeRawBufferPointer, capacity: Int? = nil, maximumDepth: Int = 32
    ) throws(JSONError) {
        let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        guard
            let raw = json_document_parse(
                start, bytes.count, capacity ?? bytes.count, UInt32(maximumDepth))
        else { throw .outOfMemory }
        self.raw = raw
        switch Int(raw.pointee.status) {
        case json_status_ok: return
        case json_status_too_deep: throw .tooDeep(limit: maximumDepth)
        case json_status_duplicate_member: throw .duplicateMember(Self.message(of: raw))
        case json_status_no_memory: throw .outOfMemory
        default: throw .malformed(Self.message(of: raw))
        }
    }

    package static func parse(_ bytes: [UInt8], maximumDepth: Int = 32) throws(JSONError)
        -> JSONDocument
    {
        try bytes.withUnsafeBufferPointer { buffer throws(JSONError) in
            try JSONDocument(UnsafeRawBufferPointer(buffer), maximumDepth: maximumDepth)
        }
    }

    deinit { json_document_free(raw) }

    package var root: JSONNode { JSONNode(document: self, index: 0) }

    private static func message(of raw: UnsafeMutablePointer<json_document>) -> String {
        withUnsafeBytes(of: raw.pointee.message) {
            String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
        }
    }
}

/// Why a text is not acceptable JSON.
package enum JSONError: Error, Equatable, CustomStringConvertible {
    case malformed(String)
    case duplicateMember(String)
    case tooDeep(limit: Int)
    case outOfMemory

    package var description: String {
        switch self {
        case .malformed(let reason): "not valid JSON: \(reason)"
        case .duplicateMember(let name): "the member \"\(name)\" stands twice in one object"
        case .tooDeep(let limit): "nested deeper than \(limit) levels"
        case .outOfMemory: "out of memory while parsing"
        }
    }
}
