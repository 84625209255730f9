import JSON

/// Which columns of a CSV file become which fields of an event, as the caller writes it.
struct CSVMapping: Equatable, Sendable {
    /// A property and the template of its value.
    struct Property: Equatable, Sendable {
        let name: String
        let template: String
        /// Text even where it reads as a number.
        let isText: Bool

        init(name: String, template: String, isText: Bool) {
            self.name = name
            self.template = template
            self.isText = isText
        }

        /// Reads `NAME=TEMPLATE`.
        init(_ argument: String, isText: Bool) throws(ImportError) {
            guard let equals = argument.utf8.firstIndex(of: UInt8(ascii: "=")),
                equals > argument.startIndex
            else { throw ImportError("\"\(argument)\" is not NAME=TEMPLATE") }
            self.init(
                name: String(argument[..<equals]),
                template: String(argument[argument.utf8.index(after: equals)...]), isText: isText)
        }
    }

    // Templates; where one is nil the column of the field's own name is taken.
    var customerEventId: String?
    var customerId: String?
    var subscriptionId: String?
    var eventName: String?
    var timestamp: String?
    /// Where there are none, every column that no template takes is a property.
    var properties: [Property] = []
    var timestampFormat = TimestampFormat.iso
    /// The IANA zone of timestamps that carry no offset.
    var timezone: String?

    init() {}
}

/// A mapping applied to the columns that a file really has.
struct CSVEventWriter {
    private struct Property {
        let name: [UInt8]
        let template: FieldTemplate
        let isText: Bool
    }

    private let customerEventId: FieldTemplate
    private let customerId: FieldTemplate
    private let subscriptionId: FieldTemplate?
    private let eventName: FieldTemplate
    private let timestamp: FieldTemplate
    private let timestampReader: TimestampReader
    private let properties: [Property]

    /// - Throws: `ImportError` where a template names no column or a field has no template.
    init(_ mapping: CSVMapping, header: CSVHeader) throws(ImportError) {
        customerEventId = try header.template(mapping.customerEventId, for: .customerEventId)
        customerId = try header.template(mapping.customerId, for: .customerId)
        subscriptionId =
            mapping.subscriptionId == nil && header.column(Field.subscriptionId.column.utf8) == nil
            ? nil : try header.template(mapping.subscriptionId, for: .subscriptionId)
        eventName = try header.template(mapping.eventName, for: .eventName)
        timestamp = try header.template(mapping.timestamp, for: .timestamp)
        timestampReader = try TimestampReader(mapping.timestampFormat, zone: mapping.timezone)

        var properties: [Property] = []
        for property in mapping.properties {
            let name = Array(property.name.utf8)
            guard !properties.contains(where: { $0.name == name }) else {
                throw ImportError("the property \"\(property.name)\" is given twice")
            }
            properties.append(
                Property(
                    name: name, template: try FieldTemplate(property.template, header: header),
                    isText: property.isText))
        }
        if mapping.properties.isEmpty {
            let taken = [customerEventId, customerId, subscriptionId, eventName, timestamp]
                .compactMap(\.self).flatMap(\.columns)
            properties = header.names.indices.filter { !taken.contains($0) }.map { column in
                Property(
                    name: Array(header.names[column].utf8),
                    template: FieldTemplate(column: column), isText: false)
            }
        }
        self.properties = properties
    }

    /// The event of one record, in the contract's JSON.
    ///
    /// Empty fields are left out: a meter takes a property that is absent as it should, an empty
    /// text it would not.
    func event(_ record: CSVRecord, row: Int) throws(ImportError) -> [UInt8] {
        let instant = try timestampReader.rfc3339(timestamp.text(record, row: row))
        var writer = JSONWriter(capacity: 256)
        writer.object { writer in
            writer.key("customerEventId")
            writer.string(customerEventId.text(record, row: row))
            writer.key("customerId")
            writer.string(customerId.text(record, row: row))
            if let id = subscriptionId?.text(record, row: row), !id.isEmpty {
                writer.key("subscriptionId")
                writer.string(id)
            }
            writer.key("eventName")
            writer.string(eventName.text(record, row: row))
            writer.key("timestamp")
            writer.string(instant)
            writer.key("properties")
            writer.object { writer in
                for property in properties {
                    let value = property.template.text(record, row: row)
                    guard !value.isEmpty else { continue }
                    writer.key(property.name)
                    if !property.isText && value.isPlainDecimal {
                        writer.raw(value)
                    } else {
                        writer.string(value)
                    }
                }
            }
        }
        guard String(validating: writer.bytes, as: UTF8.self) != nil else {
            throw ImportError("the record is not UTF-8")
        }
        return writer.bytes
    }
}

private enum Field: String {
    case customerEventId = "customer-event-id"
    case customerId = "customer-id"
    case subscriptionId = "subscription-id"
    case eventName = "event-name"
    case timestamp

    /// The column that is taken where no template is given: the field's name in the contract.
    var column: String {
        switch self {
        case .customerEventId: "customerEventId"
        case .customerId: "customerId"
        case .subscriptionId: "subscriptionId"
        case .eventName: "eventName"
        case .timestamp: "timestamp"
        }
    }
}

extension CSVHeader {
    fileprivate func template(
        _ template: String?, for field: Field
    ) throws(ImportError) -> FieldTemplate {
        if let template { return try FieldTemplate(template, header: self) }
        if let column = column(field.column.utf8) { return FieldTemplate(column: column) }
        throw ImportError(
            "there is no column \"\(field.column)\"; say what it is made of with "
                + "--\(field.rawValue); the file has \(names.joined(separator: ", "))")
    }
}

extension [UInt8] {
    /// A JSON number without an exponent: an id such as `1e5` or `007` stays text.
    var isPlainDecimal: Bool {
        PlainNumber.isNumber(self) && !contains { $0 | 0x20 == UInt8(ascii: "e") }
    }
}
