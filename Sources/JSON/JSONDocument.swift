import CSimdJSON

/// A parsed JSON text: one flat array of nodes and one of text, freed together.
///
/// Numbers stay as they were written, so a decimal never passes through a binary float.
package final class JSONDocument: @unchecked Sendable {
    // Safe to share: nothing is written after `init`.
    let raw: UnsafeMutablePointer<json_document>
    /// How deep a text may nest where nothing else is said.
    package static let usualDepth = 32

    /// The first of the faults that its values were left with.
    package let fault: JSONError?

    /// Parses `bytes`; an object's members must be unique and nesting at most `maximumDepth`.
    ///
    /// - Parameters:
    ///   - capacity: how many bytes may be read from the start of `bytes`; with 64 more than it
    ///     holds nothing is copied.
    ///   - keepsFaults: what is wrong with a single value is not thrown but left to the reader, who
    ///     must ask `fault`.
    /// - Throws: `JSONError` if the text is not RFC 8259 JSON within those bounds.
    package init(
        _ bytes: UnsafeRawBufferPointer, capacity: Int? = nil, maximumDepth: Int = usualDepth,
        keepsFaults: Bool = false
    ) throws(JSONError) {
        let start = bytes.baseAddress?.assumingMemoryBound(to: UInt8.self)
        guard
            let raw = json_document_parse(
                start, bytes.count, capacity ?? bytes.count, UInt32(maximumDepth), keepsFaults)
        else { throw .outOfMemory }
        self.raw = raw
        fault = JSONError(raw.pointee.fault, of: raw, limit: maximumDepth)
        if let error = JSONError(raw.pointee.status, of: raw, limit: maximumDepth) { throw error }
    }

    package static func parse(
        _ bytes: [UInt8], maximumDepth: Int = usualDepth, keepsFaults: Bool = false
    ) throws(JSONError) -> JSONDocument {
        try bytes.withUnsafeBufferPointer { buffer throws(JSONError) in
            try JSONDocument(
                UnsafeRawBufferPointer(buffer), maximumDepth: maximumDepth,
                keepsFaults: keepsFaults)
        }
    }

    deinit { json_document_free(raw) }

    package var root: JSONNode { JSONNode(document: self, index: 0) }
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

extension JSONError {
    /// - Returns: nil for the status of what is good.
    fileprivate init?(
        _ status: Int32, of raw: UnsafeMutablePointer<json_document>, limit: Int
    ) {
        let message = {
            withUnsafeBytes(of: raw.pointee.message) {
                String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self)
            }
        }
        switch Int(status) {
        case json_status_ok: return nil
        case json_status_too_deep: self = .tooDeep(limit: limit)
        case json_status_duplicate_member: self = .duplicateMember(message())
        case json_status_no_memory: self = .outOfMemory
        default: self = .malformed(message())
        }
    }
}
