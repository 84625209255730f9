import FunctionKit
import JSON
import Yams

/// The description of all that the runtime answers over HTTP, in OpenAPI 3.1.
///
/// The resources beside this file say what is particular to each function; what functions have in
/// common is added here. A function that the runtime does not have is left out.
enum OpenAPIDocument {
    private static let base = PackageResources.base_yaml
    /// Their functions' examples, in this order, are one story.
    static let groups = [
        PackageResources.catalog_yaml, PackageResources.prices_yaml,
        PackageResources.customers_yaml, PackageResources.events_yaml,
        PackageResources.usage_yaml, PackageResources.webhooks_yaml,
        PackageResources.invoices_yaml, PackageResources.deliveries_yaml,
        PackageResources.operations_yaml,
    ]

    /// - Throws: where a resource cannot be read, which is a bug.
    static func json(of functions: FunctionRegistry) throws -> [UInt8] {
        var document = try node(base)
        var paths: Node = [:]
        for group in try groups.map(node) {
            document["tags"]?.append(group["tag"])
            for (name, fields) in group["functions"]?.mapping ?? [:] {
                try paths.add(name.string ?? "", fields, group, functions)
            }
            paths.merge(group["paths"])
            document["components"]?["schemas"]?.merge(group["schemas"])
            var webhooks = document["webhooks"] ?? [:]
            webhooks.merge(group["webhooks"])
            document["webhooks"] = webhooks
        }
        paths.merge(document["paths"])
        document["paths"] = paths
        document["info"]?["version"] = Node(ProgramVersion.current)
        return try YAMLText.json(document)
    }

    private static func node(_ resource: [UInt8]) throws -> Node {
        try YAMLText.node(String(decoding: resource, as: UTF8.self)) ?? [:]
    }
}

extension Node {
    /// Adds the paths of a function, where the runtime has it.
    fileprivate mutating func add(
        _ name: String, _ fields: Node, _ group: Node, _ functions: FunctionRegistry
    ) throws {
        guard functions.names.contains(name) else { return }
        let function = FunctionDescription(
            name: name, tag: group["tag"]?["name"]?.string ?? "", fields: fields,
            scope: try functions.scope(of: name, JSONDocument.parse(Array("{}".utf8))))
        self["/functions/" + name] = ["post": function.operation(name)]
        for (path, id) in fields["also"]?.mapping ?? [:] {
            self[path] = ["post": function.operation(id.string ?? "")]
        }
    }

    fileprivate mutating func merge(_ other: Node?) {
        for (key, value) in other?.mapping ?? [:] { self[key] = value }
    }

    fileprivate mutating func append(_ element: Node?) {
        if let element { self = .sequence(.init((sequence.map(Array.init) ?? []) + [element])) }
    }
}
