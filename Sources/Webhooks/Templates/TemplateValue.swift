import Foundation
import JSON
import Mustache

/// JSON as a template sees it.
enum TemplateValue {
    /// Numbers are their exact text; null is found and empty, so that no outer name shows through.
    static func of(_ node: JSONNode, _ budget: RenderBudget) -> Any {
        switch node.kind {
        case .null: NSNull()
        case .false: false
        case .true: true
        case .number, .string: budget.take(node.withText(\.count)) ? node.string : ""
        case .array:
            TemplateList(
                elements: budget.take(node.count) ? node.children.map { of($0, budget) } : [],
                budget: budget)
        case .object: TemplateObject(node: node, budget: budget)
        }
    }
}

/// An object of the invoice.
struct TemplateObject: MustacheParent, MustacheTransformable, MustacheCustomRenderable {
    let node: JSONNode
    let budget: RenderBudget

    func child(named name: String) -> Any? {
        if let member = node.member(name) { return TemplateValue.of(member, budget) }
        switch name {
        case "receivable": return node.member("total").map { PostingSides(of: $0, isDebit: true) }
        case "revenue": return node.member("amount").map { PostingSides(of: $0, isDebit: false) }
        default: return nil
        }
    }

    /// `enumerated` and `sorted` give the members as `{key, value}`, by the bytes of their keys.
    func transform(_ name: String) -> Any? {
        switch name {
        case "enumerated", "sorted":
            TemplateList(
                elements: node.children.map { member -> Any in
                    TemplateEntry(key: member.key, value: TemplateValue.of(member, budget))
                }, budget: budget)
        case "empty": node.count == 0
        case "count": node.count
        default: nil
        }
    }

    /// A variable that names an object shows nothing.
    var renderText: String { "" }
    var isNull: Bool { false }
}

/// A member of an object that a section goes through.
struct TemplateEntry: MustacheParent {
    let key: String
    let value: Any

    func child(named name: String) -> Any? {
        switch name {
        case "key": key
        case "value": value
        default: nil
        }
    }
}

/// An array of the invoice.
struct TemplateList: MustacheSequence, MustacheTransformable, MustacheCustomRenderable {
    let elements: [Any]
    let budget: RenderBudget

    func makeIterator() -> AnyIterator<Any> {
        var iterator = elements.makeIterator()
        return AnyIterator { budget.takeElement() ? iterator.next() : nil }
    }

    func transform(_ name: String) -> Any? {
        switch name {
        case "reversed": TemplateList(elements: elements.reversed(), budget: budget)
        case "first": elements.first
        case "last": elements.last
        case "empty": elements.isEmpty
        case "count": elements.count
        default: nil
        }
    }

    var renderText: String { "" }
    var isNull: Bool { false }
}
