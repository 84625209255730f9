/// An invoice as the texts that every rendering of it shows, in their order.
///
/// Figures are as the invoice's JSON has them; texts from elsewhere are `VisibleText`.
package struct InvoiceDocument: Sendable {
    let title: String
    /// What a reader must know first: that it is none that anybody owes.
    let notices: [String]
    let facts: [Fact]
    let currency: String
    let lines: [Line]
    let total: String
    let groups: [Groups]
    let evidence: [Evidence]
    /// The log that the invoice is anchored in.
    let log: [Fact]

    /// Something said of the invoice or of a line.
    struct Fact: Sendable {
        let label: String
        let values: [String]
    }

    struct Line: Sendable {
        let description: String
        let quantity: String
        let amount: String
        /// What the amount was made of.
        let parts: [Part]
    }

    struct Part: Sendable {
        let label: String
        let amount: String
    }

    /// A line's usage by the properties that its meter groups by.
    struct Groups: Sendable {
        let title: String
        let properties: [String]
        let rows: [Row]

        struct Row: Sendable {
            /// One for each property.
            let values: [String]
            let quantity: String
            let eventCount: String
        }
    }

    /// What ties a line to its events.
    struct Evidence: Sendable {
        let line: String
        let facts: [Fact]
    }
}
