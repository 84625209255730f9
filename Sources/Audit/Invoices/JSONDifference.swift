internal import JSON

/// Finds where two JSON texts differ first.
enum JSONDifference {
    /// - Returns: what differs and where; nil where both say the same.
    static func between(_ found: JSONNode, _ expected: JSONNode, at path: String = "") throws
        -> String?
    {
        switch (found.kind, expected.kind) {
        case (.object, .object): return try betweenObjects(found, expected, path)
        case (.array, .array):
            let (left, right) = (Array(found.children), Array(expected.children))
            for (index, (a, b)) in zip(left, right).enumerated() {
                let name = b.member("id").map { "\(path)/\($0.string)" } ?? "\(path)/\(index)"
                if let difference = try between(a, b, at: name) { return difference }
            }
            guard left.count != right.count else { return nil }
            return "\(path) has \(left.count) elements, and it must have \(right.count)"
        default:
            let (left, right) = (try text(found), try text(expected))
            return left.utf8.elementsEqual(right.utf8)
                ? nil : "\(path) is \(left), and it must be \(right)"
        }
    }

    private static func betweenObjects(
        _ found: JSONNode, _ expected: JSONNode, _ path: String
    ) throws -> String? {
        for member in expected.children {
            let name = "\(path)/\(member.key)"
            guard let other = found.member(member.key) else { return "\(name) is missing" }
            if let difference = try between(other, member, at: name) { return difference }
        }
        for member in found.children where expected.member(member.key) == nil {
            return "\(path)/\(member.key) is too much"
        }
        return nil
    }

    private static func text(_ node: JSONNode) throws -> String {
        var writer = JSONWriter()
        try writer.canonical(node)
        return String(decoding: writer.bytes, as: UTF8.self)
    }
}
