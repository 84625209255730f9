package import JSON

/// What is counted: which events match, and how their values become one quantity a period.
package struct Meter: Sendable {
    package let key: String
    package let eventName: Identifier
    package let aggregation: Aggregation
    /// Where the value stands in an event's properties; nil only for `count`.
    package let property: PropertyPath?
    /// Whether an event that matches must have the property.
    package let isRequired: Bool
    package let filters: [MeterFilter]
    /// Properties whose values split the evidence into groups, never the price.
    package let groupBy: [PropertyPath]
}

/// How the values of a period's events become its quantity.
package enum Aggregation: String, Sendable, CaseIterable {
    case count, sum, unique, max, min, latest, average
}

extension Meter {
    package init?(_ value: FieldValue) {
        guard var reader = value.object() else { return nil }
        let key = reader.required("key")?.key()
        let eventName = reader.required("eventName")?.identifier()
        let aggregationField = reader.required("aggregation")
        let aggregation: Aggregation? = aggregationField?.choice()
        let property = reader.optional("property")?.propertyPath()
        let isRequired = reader.optional("required")?.bool()
        let filters = reader.optional("filters")?
            .array(limit: BillingLimits.filters, MeterFilter.init)
        let groupBy = reader.optional("groupBy")?
            .array(limit: BillingLimits.groupProperties) { $0.propertyPath() }
        reader.refuseUnknown()
        guard let key, let eventName, let aggregation else { return nil }
        if aggregation != .count, property == nil {
            aggregationField?.note("needs a property to read, except for count")
            return nil
        }
        self.key = key
        self.eventName = eventName
        self.aggregation = aggregation
        self.property = property
        self.isRequired = isRequired ?? false
        self.filters = filters ?? []
        self.groupBy = groupBy ?? []
    }
}

extension Meter: JSONWritable, Equatable {
    package func write(to writer: inout JSONWriter) { writer.object(writeMembers) }

    /// Writes the meter's members into an object that is open.
    package func writeMembers(to writer: inout JSONWriter) {
        writer.member("key", key)
        writer.member("eventName", eventName)
        writer.member("aggregation", aggregation.rawValue)
        if let property { writer.member("property", property) }
        if isRequired { writer.member("required", true) }
        if !filters.isEmpty { writer.member("filters", each: filters) }
        if !groupBy.isEmpty { writer.member("groupBy", each: groupBy) }
    }

    package static func == (a: Self, b: Self) -> Bool { a.json == b.json }
}

/// Names a property: a top-level key of `properties`, or else a dotted path into it.
package struct PropertyPath: Sendable, Hashable {
    package let name: [UInt8]
    private let steps: [[UInt8]]

    package init(name: [UInt8]) {
        self.name = name
        steps = name.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
            .map(Array.init)
    }

    /// The value, or nil where it is missing or null.
    package func value(in properties: JSONNode?) -> JSONNode? {
        guard let properties else { return nil }
        if let direct = properties.member(name) { return direct.isNull ? nil : direct }
        guard steps.count > 1 else { return nil }
        var node = properties
        for step in steps {
            guard let inner = node.member(step) else { return nil }
            node = inner
        }
        return node.isNull ? nil : node
    }
}

extension PropertyPath: JSONWritable {
    package func write(to writer: inout JSONWriter) { writer.string(name) }
}

extension FieldValue {
    package func propertyPath() -> PropertyPath? {
        identifier().map { PropertyPath(name: $0.bytes) }
    }
}
