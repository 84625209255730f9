package import JSON
import Mustache

/// A Mustache template over an invoice, in place of the standard body.
///
/// It sees the invoice's members as they stand in its JSON, numbers and amounts as their exact
/// text, and further `receivable` on the invoice and `revenue` on its lines, the sides of a
/// double entry (`PostingSides`). Variables are escaped as the content type asks for. It takes
/// variables, sections and comments; partials, blocks and other delimiters are refused. The same
/// template and invoice give the same bytes.
package struct PayloadTemplate: Sendable {
    package let contentType: PayloadContentType
    private let template: MustacheTemplate
    /// Bytes of the text.
    private let size: Int

    /// Parses a template.
    ///
    /// - Throws: where it does not parse.
    package init(
        _ text: String, contentType: PayloadContentType = .json
    ) throws(PayloadTemplateError) {
        guard text.utf8.count <= WebhookLimits.templateBytes else {
            throw PayloadTemplateError(
                "is longer than \(WebhookLimits.templateBytes) bytes")
        }
        try TemplateTags.check(text)
        self.contentType = contentType
        template = try Self.parse(text, contentType)
        size = text.utf8.count
    }

    /// Renders the template over an invoice.
    ///
    /// - Throws: where that takes more than the limits allow.
    package func render(_ invoice: JSONNode) throws(PayloadTemplateError) -> [UInt8] {
        let budget = RenderBudget(
            bytes: WebhookLimits.renderWork, perElement: max(size, 1))
        let text = template.render(TemplateObject(node: invoice, budget: budget))
        guard !budget.isSpent, text.utf8.count <= WebhookLimits.renderedBytes else {
            throw PayloadTemplateError(
                "makes more than \(WebhookLimits.renderedBytes) bytes of an invoice, or goes "
                    + "through too many elements for them")
        }
        return Array(text.utf8)
    }

    /// Renders a sample invoice.
    ///
    /// - Throws: where the outcome is not JSON though the content type says so.
    package func tryOut() throws(PayloadTemplateError) {
        let sample = try render(SampleInvoice.node())
        guard contentType.isJSON else { return }
        do throws(JSONError) {
            _ = try JSONDocument.parse(sample)
        } catch {
            throw PayloadTemplateError(
                "does not make JSON of a sample invoice: \(error). It made: "
                    + String(decoding: sample.prefix(WebhookLimits.shownBytes), as: UTF8.self))
        }
    }

    private static func parse(
        _ text: String, _ contentType: PayloadContentType
    ) throws(PayloadTemplateError) -> MustacheTemplate {
        do {
            // On a line of its own the pragma leaves nothing behind.
            let pragma = "{{%CONTENT_TYPE:\(PayloadEscaping.registered(contentType.escaping))}}\n"
            return try MustacheTemplate(string: pragma + text)
        } catch let error as MustacheTemplate.ParserError {
            throw PayloadTemplateError(
                "does not parse at line \(error.context.lineNumber - 1), column "
                    + "\(error.context.columnNumber): \(reason(error.error))")
        } catch { throw PayloadTemplateError("does not parse: \(error)") }
    }

    private static func reason(_ error: any Error) -> String {
        switch error as? MustacheTemplate.Error {
        case .sectionCloseNameIncorrect: "the tag closes another section than the open one"
        case .unfinishedName: "the tag has no proper name or does not end with }}"
        case .expectedSectionEnd: "a section is not closed"
        case nil: "it ends within a tag"
        default: "\(error)"
        }
    }
}

/// What is wrong with a template; the text goes on after "the template".
package struct PayloadTemplateError: Error, Equatable, Sendable, CustomStringConvertible {
    package let description: String

    init(_ description: String) { self.description = description }
}
