internal import JSON

/// What a meter reads from one event.
package enum MeterReading: Sendable {
    /// The event is not the meter's, or lacks the property that it would read.
    case nothing
    /// The event counts; there is no value to read.
    case occurrence
    case decimal(ExactDecimal)
    /// The text by which `unique` tells values apart.
    case text(MeterText)
}

/// A text of an event, where it stands: reading it copies nothing.
package struct MeterText: Sendable {
    private let node: JSONNode?
    /// Where there is no node: a number's normal form, or a literal.
    private let ownBytes: [UInt8]

    package init(_ bytes: [UInt8]) {
        node = nil
        ownBytes = bytes
    }

    init(_ node: JSONNode) {
        self.node = node
        ownBytes = []
    }

    /// The bytes are valid only inside `body`.
    package func withBytes<Result>(_ body: (UnsafeBufferPointer<UInt8>) -> Result) -> Result {
        if let node { return node.withText(body) }
        return ownBytes.withUnsafeBufferPointer(body)
    }

    package var bytes: [UInt8] { withBytes(Array.init) }
}

/// Why a meter cannot read an event that it matches; such an event is rejected when it arrives.
package enum MeterReadingError: Error, Equatable {
    case missing(property: String)
    case notDecimal(property: String, DecimalTextError)
    case notScalar(property: String)

    /// The property to blame, by the name that the meter has for it.
    package var property: String {
        switch self {
        case .missing(let property), .notDecimal(let property, _), .notScalar(let property):
            property
        }
    }

    package var detail: String {
        switch self {
        case .missing(let property): "the property \"\(property)\" is required by the meter"
        case .notDecimal(let property, let reason): "the property \"\(property)\" \(reason)"
        case .notScalar(let property):
            "the property \"\(property)\" must be a string, a number, true or false"
        }
    }
}

extension Meter {
    /// - Throws: `MeterReadingError` where the event matches but its value cannot be taken.
    package func read(_ event: UsageEvent) throws(MeterReadingError) -> MeterReading {
        guard event.withEventName({ eventName.isEqual(to: $0) }),
            filters.allSatisfy({ $0.holds(for: event.properties) })
        else { return .nothing }
        guard let property else { return .occurrence }
        guard let node = property.value(in: event.properties) else {
            if isRequired { throw .missing(property: property.description) }
            return aggregation == .count ? .occurrence : .nothing
        }
        switch aggregation {
        case .count: return .occurrence
        case .unique: return .text(try uniqueText(of: node, property))
        case .sum, .max, .min, .latest, .average: return .decimal(try decimal(of: node, property))
        }
    }

    private func decimal(
        of node: JSONNode, _ property: PropertyPath
    ) throws(MeterReadingError) -> ExactDecimal {
        guard node.kind == .number || node.kind == .string else {
            throw .notDecimal(property: property.description, .notANumber)
        }
        if let short = node.withText({ ExactDecimal(short: $0) }) { return short }
        do throws(DecimalTextError) {
            return try ExactDecimal(text: node.text)
        } catch { throw .notDecimal(property: property.description, error) }
    }

    /// A string's characters, a number's normal form: 42 and "42" are one value.
    private func uniqueText(
        of node: JSONNode, _ property: PropertyPath
    ) throws(MeterReadingError) -> MeterText {
        switch node.kind {
        case .string: return MeterText(node)
        case .true: return MeterText(Array("true".utf8))
        case .false: return MeterText(Array("false".utf8))
        case .number:
            if node.isPlainNumber { return MeterText(node) }
            if let plain = try? node.plainNumber() { return MeterText(plain) }
            throw .notScalar(property: property.description)
        case .null, .array, .object: throw .notScalar(property: property.description)
        }
    }

    /// The group that an event falls in, as the canonical JSON of an object; nil without `groupBy`.
    package func group(of event: UsageEvent) -> [UInt8]? {
        groupBy.isEmpty ? nil : event.group(by: groupBy)
    }
}

extension UsageEvent {
    /// The group that an event falls in by some properties, as the canonical JSON of an object.
    package func group(by groupBy: [PropertyPath]) -> [UInt8] {
        var writer = JSONWriter()
        writer.object { writer in
            for property in groupBy {
                writer.key(property.name)
                guard let node = property.value(in: properties) else {
                    writer.null()
                    continue
                }
                // The event's canonical form was written, so its numbers can be.
                try? writer.canonical(node)
            }
        }
        return writer.bytes
    }
}

extension PropertyPath: CustomStringConvertible {
    package var description: String { String(decoding: name, as: UTF8.self) }
}
