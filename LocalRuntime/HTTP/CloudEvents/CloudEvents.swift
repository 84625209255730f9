import Foundation
import FunctionKit
import Functions
import JSON

/// How a request carries CloudEvents 1.0, by the HTTP binding.
enum CloudEvents {
    /// The body is an event.
    case structured
    /// The body is an array of events.
    case batched
    /// The body is an event's data; its attributes stand in headers.
    case binary(CloudEvent)

    /// Reads the headers of a request for `function`.
    ///
    /// In binary mode the body has to be JSON, whatever its type says: some clients fill it in.
    ///
    /// - Parameter header: the value of the header with a name in lower case.
    /// - Returns: nil where the body is what the function itself takes.
    /// - Throws: `Problem` with `.unsupportedMediaType` where an event is not JSON.
    init?(for function: String, _ header: (String) -> String?) throws(Problem) {
        guard function == IngestEvent.name else { return nil }
        switch header("content-type").map(MediaType.name) {
        case "application/cloudevents+json": self = .structured
        case "application/cloudevents-batch+json": self = .batched
        case let other? where other.hasPrefix("application/cloudevents"):
            throw Problem(.unsupportedMediaType, "CloudEvents are taken as JSON, not as \(other)")
        default:
            guard let event = CloudEvent(headers: header) else { return nil }
            self = .binary(event)
        }
    }

    /// The request that `ingestEvent` takes.
    ///
    /// What an event lacks is lacking there too, so that it is refused by itself.
    ///
    /// - Throws: `Problem` where the body is not what its type says.
    func request(_ body: JSONDocument) throws(Problem) -> JSONDocument {
        // In a batch it is the event's own.
        if let fault = body.fault, !isBatched { throw fault.problem }
        var writer = JSONWriter()
        switch self {
        case .structured:
            guard body.root.kind == .object else {
                throw Problem(.invalidRequest, "a CloudEvent is an object")
            }
            writer.value(CloudEvent(body.root))
        case .batched:
            guard body.root.kind == .array else {
                throw Problem(.invalidRequest, "a batch of CloudEvents is an array")
            }
            writer.object { writer in
                writer.key("events")
                writer.array { writer in
                    for event in body.root.children {
                        // Refused for its fault, whatever else it says.
                        if event.fault != nil {
                            writer.verbatim(event)
                        } else {
                            writer.value(CloudEvent(event))
                        }
                    }
                }
            }
        case .binary(var event):
            event.data = body.root
            writer.value(event)
        }
        do throws(JSONError) {
            return try JSONDocument.parse(writer.bytes, keepsFaults: true)
        } catch { throw error.problem }
    }

    private var isBatched: Bool { if case .batched = self { true } else { false } }
}
