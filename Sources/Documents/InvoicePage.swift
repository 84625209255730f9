internal import Billing
internal import Foundation
internal import Mustache

/// An invoice as a page of HTML that stands on its own and prints on A4.
package enum InvoicePage {
    package static let contentType = "text/html; charset=utf-8"

    /// The content security policy that the page is to be sent with.
    ///
    /// It says so itself, too, but for being framed, which only a header can refuse.
    package static let policy = ownPolicy + "; frame-ancestors 'none'"

    private static let style = String(decoding: PackageResources.invoice_css, as: UTF8.self)
    private static let ownPolicy = {
        let hash = Data(Digest(hashing: Array(style.utf8)).bytes).base64EncodedString()
        return "default-src 'none'; style-src 'sha256-\(hash)'; base-uri 'none'; form-action 'none'"
    }()

    private static let template = Result {
        MustacheContentTypes.register(HTMLEscaping(), named: HTMLEscaping.name)
        let text = String(decoding: PackageResources.invoice_mustache, as: UTF8.self)
        return try MustacheTemplate(string: "{{%CONTENT_TYPE:\(HTMLEscaping.name)}}\n" + text)
    }

    /// - Throws: never, unless the template in this folder does not parse.
    package static func html(_ document: InvoiceDocument) throws -> [UInt8] {
        let content = Content(document: document, style: style, policy: ownPolicy)
        return Array(try template.get().render(content).utf8)
    }

    /// What the template sees.
    private struct Content {
        let document: InvoiceDocument
        let style: String
        let policy: String
    }
}

/// Texts as HTML shows them, in an element or an attribute's quotes.
///
/// By scalars: a `<` that carries an accent is another character to Swift, and a `<` to a browser.
private struct HTMLEscaping: MustacheContentType {
    static let name = "tallystick-html"

    func escapeText(_ text: String) -> String {
        text.unicodeScalars.map(Self.escaped).joined()
    }

    private static func escaped(_ scalar: Unicode.Scalar) -> String {
        switch scalar {
        case "<": "&lt;"
        case ">": "&gt;"
        case "&": "&amp;"
        case "\"": "&quot;"
        case "'": "&#39;"
        default: String(scalar)
        }
    }
}
