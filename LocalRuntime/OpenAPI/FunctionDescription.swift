import FunctionKit
import Yams

/// What a resource says of one function, and the operation that follows from it.
///
/// The resource holds what is particular to the function: `summary`, `description`, `request`,
/// `answer`, the `errors` of its own, `examples` of calls; also the further request types in
/// `content`, further paths in `also`, and `needsBody: false` where `{}` is a request.
struct FunctionDescription {
    let name: String
    let tag: String
    let fields: Node
    let scope: AccessScope

    /// The operation under its id, which is the function's name but at paths that stand for it too.
    func operation(_ id: String) -> Node {
        var operation: Node = [
            "operationId": Node(id), "tags": [Node(tag)],
        ]
        for key in ["summary", "description"] { operation[key] = fields[key] }
        operation["security"] = [["apiKey": [Node(scope.rawValue)]]]
        operation["requestBody"] = [
            "required": fields["needsBody"] ?? Node("true", .implicit, .plain),
            "content": requestContent,
        ]
        operation["responses"] = responses
        return operation
    }

    private static let json = "application/json"
    private static let problem = "application/problem+json"

    /// What every function may answer, by status; each stands under its name in `base.yaml`.
    private static let commonResponses = [
        "400": "Malformed", "401": "Unauthenticated", "403": "Forbidden", "413": "TooLarge",
        "415": "UnsupportedMediaType", "429": "RateLimited", "500": "InternalError",
        "503": "Unavailable",
    ]

    /// A call that the description shows, and its answer.
    private struct Example {
        let fields: Node

        var name: String { fields["name"]?.string ?? "" }
        var status: String { fields["status"]?.string ?? "200" }
        var requestType: String { fields["contentType"]?.string ?? FunctionDescription.json }

        func showing(_ key: String) -> Node {
            var example: Node = [:]
            example["summary"] = fields["summary"]
            example["value"] = fields[key]
            return example
        }
    }

    private var examples: [Example] {
        fields["examples"]?.sequence?.map(Example.init) ?? []
    }

    private var requestContent: Node {
        var content: Node = [:]
        content[Self.json] = ["schema": fields["request"] ?? [:]]
        for (type, described) in fields["content"]?.mapping ?? [:] { content[type] = described }
        for example in examples {
            var media = content[example.requestType] ?? [:]
            media.add(example.showing("request"), as: example.name)
            content[example.requestType] = media
        }
        return content
    }

    private var responses: Node {
        var responses = Self.commonResponses.mapValues { name -> Node in
            ["$ref": Node("#/components/responses/" + name)]
        }
        responses["200"] = response(
            "The result.", "200", type: Self.json, schema: fields["answer"] ?? [:])
        for (status, description) in fields["errors"]?.mapping ?? [:] {
            guard let status = status.string, let description = description.string else { continue }
            responses[status] = response(
                description, status, type: Self.problem,
                schema: [
                    "allOf": [
                        ["$ref": "#/components/schemas/Problem"],
                        ["properties": ["status": ["const": Node(status, .implicit, .plain)]]],
                    ]
                ])
        }
        var sorted: Node = [:]
        for (status, response) in responses.sorted(by: { $0.key < $1.key }) {
            sorted[status] = response
        }
        return sorted
    }

    private func response(
        _ description: String, _ status: String, type: String, schema: Node
    ) -> Node {
        var media: Node = ["schema": schema]
        for example in examples where example.status == status {
            media.add(example.showing("answer"), as: example.name)
        }
        var content: Node = [:]
        content[type] = media
        return [
            "description": Node(description),
            "headers": ["X-Request-Id": ["$ref": "#/components/headers/RequestId"]],
            "content": content,
        ]
    }
}

extension Node {
    /// Adds an example to what stands under a media type.
    fileprivate mutating func add(_ example: Node, as name: String) {
        var examples = self["examples"] ?? [:]
        examples[name] = example
        self["examples"] = examples
    }
}
