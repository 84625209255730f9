import Foundation
import JSON

/// What an event of usage takes from a CloudEvent; it writes itself as `ingestEvent` reads it.
///
/// Extensions say by which way an event came, not what was used: they are left out.
struct CloudEvent: JSONWritable {
    private let version: String?
    private let id: String?
    private let source: String?
    private let type: String?
    private let subject: String?
    private let time: String?
    /// nil and `{}` are one.
    var data: JSONNode?

    /// - Parameter attribute: the attribute with a name, nil where there is none.
    private init(attribute: (String) -> String?) {
        version = attribute("specversion")
        id = attribute("id")
        source = attribute("source")
        type = attribute("type")
        subject = attribute("subject")
        time = attribute("time")
    }

    /// From the headers of binary mode, which are percent-encoded.
    ///
    /// - Returns: nil where they have none of those that tell an event.
    init?(headers: (String) -> String?) {
        guard headers("ce-specversion") != nil || headers("ce-id") != nil else { return nil }
        self.init(attribute: { name in
            headers("ce-" + name).map { $0.removingPercentEncoding ?? $0 }
        })
    }

    /// From the JSON format; what is not of the right type counts as absent.
    init(_ node: JSONNode) {
        self.init(attribute: { name in
            node.member(name).flatMap { $0.kind == .string ? $0.string : nil }
        })
        data = node.member("data").flatMap { $0.isNull ? nil : $0 } ?? Self.packed(node)
    }

    /// JSON data that was taken for bytes.
    private static func packed(_ node: JSONNode) -> JSONNode? {
        guard let member = node.member("data_base64"), !member.isNull else { return nil }
        let bytes = Data(base64Encoded: member.string).map(Array.init)
        // What cannot be read stays a text, and is refused as properties.
        return bytes.flatMap { try? JSONDocument.parse($0).root } ?? member
    }

    func write(to writer: inout JSONWriter) {
        writer.object { writer in
            if let id, let source, !id.isEmpty, !source.isEmpty {
                writer.member("customerEventId", source + " " + id)
            }
            // Without them it is a whole CloudEvent, but no usage: refused for its values (422), not
            // for its form (400).
            writer.member("customerId", subject ?? "")
            if let type { writer.member("eventName", type) }
            writer.member("timestamp", time ?? "")
            if let data, data.kind != .object || data.count > 0 {
                writer.key("properties")
                writer.verbatim(data)
            }
            // Another version's attributes may mean something else: this one is refused.
            if version != "1.0" { writer.member("specversion", version ?? "") }
        }
    }
}
