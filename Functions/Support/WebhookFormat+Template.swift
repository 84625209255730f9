internal import FunctionKit
package import JSON
package import Ledger
package import Webhooks

extension WebhookFormat {
    private enum Ready: String, CaseIterable { case standard, journal }

    /// Reads `"standard"`, `"journal"` or `{template, contentType?}`; a template has to parse.
    init?(_ value: FieldValue) {
        guard value.node.kind == .object else {
            guard let ready: Ready = value.choice() else { return nil }
            self = ready == .standard ? .standard : .journal
            return
        }
        guard var reader = value.object() else { return nil }
        let field = reader.required("template")
        let text = field?.string()
        let typeField = reader.optional("contentType")
        reader.refuseUnknown()
        let name = typeField?.string() ?? PayloadContentType.json.name
        guard let contentType = PayloadContentType(name) else {
            typeField?.note(
                "must be one of \(PayloadContentType.known.joined(separator: ", ")), or an "
                    + "application/ type that ends in +json or +xml")
            return nil
        }
        guard let field, let text else { return nil }
        do throws(PayloadTemplateError) {
            try PayloadTemplate(text, contentType: contentType).tryOut()
        } catch {
            field.note("\(error)")
            return nil
        }
        self = .template(text: text, contentType: name)
    }

    /// What an endpoint of this format is sent for a message in the standard form.
    ///
    /// - Throws: `PayloadTemplateError` where its template cannot make it.
    package func payload(
        of standard: [UInt8]
    ) throws -> (body: [UInt8], contentType: PayloadContentType) {
        let template: PayloadTemplate
        switch self {
        case .standard: return (standard, .json)
        case .journal: template = try PayloadTemplate(PayloadTemplate.journal)
        case .template(let text, let name):
            template = try PayloadTemplate(
                text, contentType: PayloadContentType(name) ?? .json)
        }
        let message = try JSONDocument.parse(standard).root
        let body = try template.render(message.member("data") ?? message)
        return (body, template.contentType)
    }
}

extension WebhookFormat: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        switch self {
        case .standard: writer.string(Ready.standard.rawValue)
        case .journal: writer.string(Ready.journal.rawValue)
        case .template(let text, let contentType):
            writer.object { writer in
                writer.member("template", text)
                writer.member("contentType", contentType)
            }
        }
    }
}
