internal import Billing
package import JSON

/// Whether a line of an invoice is what the log gives.
package struct LineVerification: Sendable, Equatable {
    package let lineId: String
    /// Its quantity and those of its groups.
    package let quantityMatches: Bool
    /// Its amount, exact and rounded, with the breakdown.
    package let amountMatches: Bool
    /// Its evidence: the digest, how many events there are, late ones too, the first and the last.
    package let digestMatches: Bool

    package var matches: Bool { quantityMatches && amountMatches && digestMatches }
}

extension LineVerification: JSONWritable {
    package func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.member("lineId", lineId)
            writer.member("quantityMatches", quantityMatches)
            writer.member("amountMatches", amountMatches)
            writer.member("digestMatches", digestMatches)
        }
    }
}

/// A line as it stands on an invoice, and as it must.
struct LinePair {
    let id: String
    let found: JSONNode?
    let must: JSONNode?

    /// Whether each of these members is there in both with the same content, or in neither.
    fileprivate func agree(on members: [String]) throws -> Bool {
        guard let found, let must else { return false }
        return try members.allSatisfy { name in
            switch (found.member(name), must.member(name)) {
            case (nil, nil): true
            case (let left?, let right?): try JSONDifference.between(left, right) == nil
            case (nil, _?), (_?, nil): false
            }
        }
    }

    /// What differs first.
    ///
    /// - Parameter parted: the record behind the last with which the digest was the same.
    func difference(in invoice: String, parted: Int64?) throws -> Difference? {
        let place = "\(invoice), line \(id)"
        guard let found else { return Difference("\(place) is missing", lineId: id) }
        guard let must else { return Difference("\(place) is too much", lineId: id) }
        let detail = try JSONDifference.between(found, must) ?? ""
        let firsts = (found.firstSequence, must.firstSequence)
        let first = firsts.0 == firsts.1 ? nil : [firsts.0, firsts.1].compactMap(\.self).min()
        return Difference(
            "\(place): \(detail)", sequence: parted ?? first, lineId: id)
    }
}

extension LineVerification {
    /// Of a line of which all matches, or nothing can be said.
    init(lineId: String, matches: Bool) {
        self.init(
            lineId: lineId, quantityMatches: matches, amountMatches: matches,
            digestMatches: matches)
    }

    init(_ pair: LinePair) throws {
        self.init(
            lineId: pair.id,
            quantityMatches: try pair.agree(on: ["quantity", "groups"]),
            amountMatches: try pair.agree(on: ["amount", "unroundedAmount", "breakdown"]),
            digestMatches: try pair.agree(on: ["evidence"]))
    }
}

extension JSONNode {
    /// The first record behind a line.
    fileprivate var firstSequence: Int64? {
        member("evidence")?.member("firstSequence").flatMap { Int64($0.string) }
    }
}
