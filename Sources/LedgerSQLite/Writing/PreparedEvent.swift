internal import Billing
internal import JSON
internal import Ledger

/// An event with its keys hashed, which is done where the request is, not on the writer.
struct PreparedEvent: Sendable {
    let event: UsageEvent
    /// Why it is rejected unless it is a repeat.
    let issues: [FieldIssue]
    /// Of (customer id, event id): what makes it the same event.
    let key: KeyHash
    let customer: KeyHash

    init(_ incoming: IncomingEvent, _ hasher: KeyHasher) {
        let event = incoming.event
        self.event = event
        issues = incoming.issues
        (key, customer) = event.withCustomerId { customer in
            let customerBytes = UnsafeRawBufferPointer(customer)
            return event.withCustomerEventId { id in
                (
                    hasher.hash(customerBytes, UnsafeRawBufferPointer(id)),
                    hasher.hash(customerBytes)
                )
            }
        }
    }
}

extension KeyHasher {
    func hash(_ id: Identifier) -> KeyHash { id.bytes.withUnsafeBytes { hash($0) } }

    /// A value of a `unique` meter, told apart in one charge, in the total or in one group.
    ///
    /// - Parameter group: nil for the charge's total; all groups after the first 1,000 share one
    ///   name, the empty one.
    func hash(uniqueValue text: [UInt8], charge: String, group: [UInt8]?) -> KeyHash {
        hash { hashing in
            Array(charge.utf8).withUnsafeBytes { hashing.combine($0) }
            withUnsafeBytes(of: UInt8(group == nil ? 0 : 1)) { hashing.combine($0) }
            (group ?? []).withUnsafeBytes { hashing.combine($0) }
            text.withUnsafeBytes { hashing.combine($0) }
        }
    }
}
