/// One reason why a catalog cannot be applied to a book.
package struct CatalogFault: Sendable, Equatable, CustomStringConvertible {
    package enum Reason: Sendable, Equatable {
        case unknownMeter(String)
        case needsSum(String)
    }

    package let plan: String
    package let charge: String
    package let reason: Reason
    /// The field to blame, as an RFC 6901 pointer into the catalog.
    package let pointer: String

    package var description: String {
        switch reason {
        case .unknownMeter(let meter):
            "charge \"\(charge)\" of plan \"\(plan)\" names the meter \"\(meter)\", which does not "
                + "exist; add it to the catalog"
        case .needsSum(let meter):
            "charge \"\(charge)\" of plan \"\(plan)\" prices transactions, so its meter "
                + "\"\(meter)\" must have the aggregation sum"
        }
    }
}

/// Why a catalog cannot be applied to a book: every fault, at least one.
package struct CatalogFaults: Error, Equatable {
    package let all: [CatalogFault]

    init(_ all: [CatalogFault]) { self.all = all }
}
