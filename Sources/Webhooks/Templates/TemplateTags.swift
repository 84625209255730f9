/// What a template may consist of, checked before it is parsed: the parser is recursive.
enum TemplateTags {
    /// - Throws: where it has tags of other kinds than variables, sections and comments, or
    ///   sections that nest too deeply.
    static func check(_ text: String) throws(PayloadTemplateError) {
        var depth = 0
        var braces = 0
        for character in text.unicodeScalars {
            if character == "{" {
                braces += 1
                continue
            }
            if braces >= 2 {
                switch character {
                case "#", "^": depth += 1
                case "/": depth -= 1
                case ">", "<", "$", "=", "%":
                    throw PayloadTemplateError(
                        "has a tag {{\(character): only variables, sections and comments are "
                            + "taken")
                default: break
                }
            }
            guard depth <= WebhookLimits.templateDepth else {
                throw PayloadTemplateError(
                    "nests sections deeper than \(WebhookLimits.templateDepth) levels")
            }
            braces = 0
        }
    }
}
