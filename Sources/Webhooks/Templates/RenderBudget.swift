/// Bounds what rendering may come to: sections within sections multiply.
///
/// Each element that a section goes through is reckoned with the whole template's size, the most
/// of it that can stand inside; once the budget is spent, sections end. It stays on one thread.
final class RenderBudget {
    private var left: Int
    private let perElement: Int
    private(set) var isSpent = false

    init(bytes: Int, perElement: Int) {
        left = bytes
        self.perElement = perElement
    }

    /// Whether there is room for one more element.
    func takeElement() -> Bool { take(perElement) }

    /// Whether there is room for so many bytes more.
    func take(_ bytes: Int) -> Bool {
        left -= bytes
        if left < 0 { isSpent = true }
        return !isSpent
    }
}
