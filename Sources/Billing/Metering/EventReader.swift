internal import JSON

/// Reads one event's members in a single pass over them, in the order of their keys' bytes, which
/// is the order of the canonical form too.
///
/// It allocates only where something is wrong.
struct EventReader {
    var customerEventId: JSONNode?
    var customerId: JSONNode?
    var subscriptionId: JSONNode?
    var eventName: JSONNode?
    var timestamp: Instant?
    var properties: JSONNode?

    private static let known: [StaticString] = [
        "customerEventId", "customerId", "eventName", "properties", "subscriptionId", "timestamp",
    ]

    /// - Parameter path: where the event stands in its request.
    init(_ event: JSONNode, _ path: FieldPath, _ issues: FieldIssues) {
        guard event.kind == .object else {
            FieldValue(event, path: path, issues: issues).note("must be an object", .malformed)
            return
        }
        var found = 0
        for member in event.children {
            guard let index = Self.index(of: member) else {
                FieldValue(member, path: .named(path, member.key), issues: issues)
                    .note(
                        "is not a field of this object; known are "
                            + Self.known.map(\.description).joined(separator: ", "), .malformed)
                continue
            }
            if member.isNull { continue }
            found |= 1 << index
            take(member, index, path, issues)
        }
        for index in [0, 1, 2, 5] where found & 1 << index == 0 {
            issues.add(
                FieldIssue(
                    pointer: FieldPath.member(path, Self.known[index]).pointer,
                    detail: "is required", severity: .malformed))
        }
    }

    private static func index(of member: JSONNode) -> Int? {
        member.withKey { key in
            for (index, name) in known.enumerated()
            where name.utf8CodeUnitCount == key.count && name.withUTF8Buffer({ $0.equals(key) }) {
                return index
            }
            return nil
        }
    }

    private mutating func take(
        _ member: JSONNode, _ index: Int, _ path: FieldPath, _ issues: FieldIssues
    ) {
        // Only made where it is needed: a path is an allocation.
        func field() -> FieldValue {
            FieldValue(member, path: .member(path, Self.known[index]), issues: issues)
        }
        func identifier() -> JSONNode? {
            if member.kind == .string, member.withText({ Identifier.isValid($0) }) { return member }
            _ = field().identifier()
            return nil
        }
        switch index {
        case 0: customerEventId = identifier()
        case 1: customerId = identifier()
        case 2: eventName = identifier()
        case 3:
            if member.kind == .object {
                properties = member
            } else {
                field().note("must be an object", .malformed)
            }
        case 4: subscriptionId = identifier()
        default:
            timestamp =
                member.kind == .string ? member.withText { Instant(rfc3339: $0) } : nil
            if timestamp == nil { _ = field().instant() }
        }
    }
}
