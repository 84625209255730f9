import JSON
import Yams

/// YAML as JSON text, each scalar by its exact characters: no number passes through a binary float.
enum YAMLText {
    /// Converts a document.
    ///
    /// A plain scalar that JSON would read as a number, `true`, `false` or `null` is that; every
    /// other scalar is a string, so `NO` stays a country. An empty document is `{}`.
    ///
    /// - Throws: `YAMLTextError`.
    static func json(_ yaml: String) throws(YAMLTextError) -> [UInt8] {
        do {
            return try node(yaml).map(json) ?? Array("{}".utf8)
        } catch let error as YAMLTextError {
            throw error
        } catch { throw YAMLTextError("cannot be read as YAML: \(error)") }
    }

    /// Reads a document; nil where it is empty.
    static func node(_ yaml: String) throws -> Node? { try Parser(yaml: yaml).singleRoot() }

    /// Converts what was read; the members of mappings keep their order.
    static func json(_ root: Node) throws -> [UInt8] {
        var writer = JSONWriter()
        try write(root, to: &writer, depth: 0)
        return writer.bytes
    }

    private static func write(_ node: Node, to writer: inout JSONWriter, depth: Int) throws {
        // Aliases repeat what they name, so little YAML can be much JSON.
        guard writer.bytes.count <= RuntimeLimits.fileBytes else {
            throw YAMLTextError("is more than \(RuntimeLimits.fileBytes) bytes of JSON")
        }
        guard depth < RuntimeLimits.fileDepth else {
            throw YAMLTextError("nests deeper than \(RuntimeLimits.fileDepth) levels")
        }
        switch node {
        case .scalar(let scalar): write(scalar, to: &writer)
        case .alias: throw YAMLTextError("has an alias that names nothing")
        case .sequence(let sequence):
            try writer.array { writer in
                for element in sequence { try write(element, to: &writer, depth: depth + 1) }
            }
        case .mapping(let mapping):
            try writer.object { writer in
                for (key, value) in mapping {
                    guard case .scalar(let name) = key else {
                        throw YAMLTextError("has a key that is not plain text")
                    }
                    writer.key(name.string.utf8)
                    try write(value, to: &writer, depth: depth + 1)
                }
            }
        }
    }

    private static func write(_ scalar: Node.Scalar, to writer: inout JSONWriter) {
        guard scalar.style == .plain, scalar.tag == .implicit else {
            return writer.string(scalar.string)
        }
        switch scalar.string {
        case "true", "false": writer.raw(scalar.string.utf8)
        case "null", "~", "": writer.null()
        default:
            if PlainNumber.isNumber(scalar.string.utf8) {
                writer.raw(scalar.string.utf8)
            } else {
                writer.string(scalar.string)
            }
        }
    }
}

/// Why a YAML text cannot be taken.
struct YAMLTextError: Error, Equatable, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
