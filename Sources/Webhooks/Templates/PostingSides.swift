import JSON
import Mustache

/// An amount as a double entry has it: `debit` and `credit`, of which one is 0 and none negative.
///
/// An invoice's total is debited to the receivables, a line's amount credited to the revenue;
/// what is negative, as corrections are, goes to the other side. Both keep the amount's digits.
struct PostingSides: MustacheParent {
    private let debit: String
    private let credit: String

    /// - Parameter isDebit: whether a positive amount is a debit.
    init(of amount: JSONNode, isDebit: Bool) {
        let text = amount.string
        let isNegative = text.hasPrefix("-")
        let size = isNegative ? String(text.dropFirst()) : text
        let zero = String(size.map { $0 == "." ? "." : "0" }.drop { $0 != "." })
        let nothing = "0" + zero
        (debit, credit) = isDebit != isNegative ? (size, nothing) : (nothing, size)
    }

    func child(named name: String) -> Any? {
        switch name {
        case "debit": debit
        case "credit": credit
        default: nil
        }
    }
}
