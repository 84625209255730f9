/// Two that must agree do not.
package struct Disagreement: Error, CustomStringConvertible {
    package let description: String

    package init(_ description: String) { self.description = description }
}

/// - Throws: `Disagreement` where the two are not equal.
package func expect<Value: Equatable>(
    _ found: Value, _ expected: Value, _ what: @autoclosure () -> String
) throws(Disagreement) {
    if found != expected {
        throw Disagreement("\(what()): found \(found), and it must be \(expected)")
    }
}
