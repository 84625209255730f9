import ArgumentParser

/// The flags of `import` that say which columns of a CSV file become which fields.
struct ImportMappingFlags: ParsableArguments {
    @Option(help: "Template of the event's id. (default: {customerEventId})")
    var customerEventId: String?

    @Option(help: "Template of the customer's id. (default: {customerId})")
    var customerId: String?

    @Option(help: "Template of the subscription's id. (default: {subscriptionId}, if there is one)")
    var subscriptionId: String?

    @Option(help: "Template of the event's name. (default: {eventName})")
    var eventName: String?

    @Option(help: "Template of the timestamp. (default: {timestamp})")
    var timestamp: String?

    @Option(help: "iso: RFC 3339, the T may be a space; unix, unix-milliseconds. (default: iso)")
    var timestampFormat: String?

    @Option(help: "IANA zone of iso timestamps that carry no offset; without it they are refused.")
    var timezone: String?

    @Option(
        help: ArgumentHelp(
            "A property; a plain decimal stays that number. Repeatable.", valueName: "name=template"
        ))
    var property: [String] = []

    @Option(
        help: ArgumentHelp(
            "A property that is text whatever it reads as. Repeatable.", valueName: "name=template")
    )
    var stringProperty: [String] = []

    @Option(help: "The character between fields, or tab. (default: ,)")
    var delimiter: String?

    /// - Throws: `SettingError` or `ImportError`.
    func mapping(_ setting: Setting) throws -> CSVMapping {
        var mapping = CSVMapping()
        mapping.customerEventId = setting.text(customerEventId, "IMPORT_CUSTOMER_EVENT_ID")
        mapping.customerId = setting.text(customerId, "IMPORT_CUSTOMER_ID")
        mapping.subscriptionId = setting.text(subscriptionId, "IMPORT_SUBSCRIPTION_ID")
        mapping.eventName = setting.text(eventName, "IMPORT_EVENT_NAME")
        mapping.timestamp = setting.text(timestamp, "IMPORT_TIMESTAMP")
        mapping.timezone = setting.text(timezone, "IMPORT_TIMEZONE")
        mapping.timestampFormat =
            try setting.choice(timestampFormat, "IMPORT_TIMESTAMP_FORMAT") ?? .iso
        mapping.properties =
            try setting.lines(property, "IMPORT_PROPERTY").map { try .init($0, isText: false) }
            + setting.lines(stringProperty, "IMPORT_STRING_PROPERTY").map {
                try .init($0, isText: true)
            }
        return mapping
    }

    /// - Throws: `SettingError` where it is not one ASCII character.
    func delimiterByte(_ setting: Setting) throws(SettingError) -> UInt8 {
        let text = setting.text(delimiter, "IMPORT_DELIMITER") ?? ","
        if text == "tab" || text == "\\t" { return UInt8(ascii: "\t") }
        let forbidden: [UInt8] = [0x0A, 0x0D, UInt8(ascii: "\"")]
        guard text.utf8.count == 1, let byte = text.utf8.first, !forbidden.contains(byte) else {
            throw SettingError("--delimiter must be one character, such as ; or tab")
        }
        return byte
    }
}

extension Setting {
    /// The flag's values, or the variable's, one a line.
    fileprivate func lines(_ flags: [String], _ name: String) -> [String] {
        guard flags.isEmpty else { return flags }
        return text(nil, name)?.split(separator: "\n").map(String.init) ?? []
    }

    /// One of an enum's raw values.
    ///
    /// - Throws: `SettingError` that names the others.
    func choice<Choice>(
        _ flag: String?, _ name: String, _: Choice.Type = Choice.self
    ) throws(SettingError) -> Choice? where Choice: RawRepresentable<String> & CaseIterable {
        guard let text = text(flag, name) else { return nil }
        guard let choice = Choice(rawValue: text) else {
            let known = Choice.allCases.map(\.rawValue).joined(separator: ", ")
            throw SettingError("TALLYSTICK_\(name) or its flag must be one of \(known)")
        }
        return choice
    }
}
