public import Foundation

/// The server's functions.
extension Tallystick {
    /// Calls any function of the server, by its name.
    ///
    /// - Parameter isRepeatable: the same call twice does what it does once, so that it may be made
    ///   again where an answer was lost. Say no for what is drawn once and shown once
    ///   (`rotateWebhookSecret`, `createKey`).
    /// - Throws: `refused` with the server's problem, `unreachable` where no answer came within 30 s.
    public func call<Output: Decodable & Sendable>(
        _ name: String, _ input: some Encodable, as: Output.Type = Output.self,
        isRepeatable: Bool = true
    ) async throws(TallystickError) -> Output {
        try await transport.post(
            name, try Self.json(input), isRepeatable: isRepeatable,
            patience: ClientLimits.callPatience
        ) { try JSONDecoder().decode(Output.self, from: $0) }
    }

    /// The same, with the answer's JSON as it came.
    public func call(
        _ name: String, _ input: some Encodable, isRepeatable: Bool = true
    ) async throws(TallystickError) -> Data {
        try await transport.post(
            name, try Self.json(input), isRepeatable: isRepeatable,
            patience: ClientLimits.callPatience
        ) { $0 }
    }

    /// What a subscription has used and costs so far in one period.
    ///
    /// - Parameters:
    ///   - at: RFC 3339, an instant in the period; now, where nothing is said.
    ///   - meter: all where nothing is said.
    public func queryUsage(
        subscriptionId: String, at: String? = nil, meter: String? = nil, groupBy: [String]? = nil
    ) async throws(TallystickError) -> UsageReport {
        struct Input: Encodable {
            let subscriptionId: String
            let at: String?
            let meter: String?
            let groupBy: [String]?
        }
        return try await call(
            "queryUsage",
            Input(subscriptionId: subscriptionId, at: at, meter: meter, groupBy: groupBy))
    }

    /// An invoice by its id.
    public func getInvoice(id: String) async throws(TallystickError) -> Invoice {
        try await call("getInvoice", ["id": id])
    }

    /// The invoice of an open period, as it would be if the period closed now.
    public func previewInvoice(
        subscriptionId: String, periodStart: String
    ) async throws(TallystickError) -> Invoice {
        struct Input: Encodable {
            let subscriptionId: String
            let periodStart: String
            let preview = true
        }
        return try await call(
            "generateInvoice", Input(subscriptionId: subscriptionId, periodStart: periodStart))
    }

    /// A page of invoices.
    ///
    /// - Parameter cursor: `nextCursor` of the page before.
    public func listInvoices(
        customerId: String? = nil, subscriptionId: String? = nil, cursor: String? = nil,
        limit: Int? = nil
    ) async throws(TallystickError) -> Page<Invoice> {
        struct Input: Encodable {
            let customerId: String?
            let subscriptionId: String?
            let cursor: String?
            let limit: Int?
        }
        return try await call(
            "listInvoices",
            Input(
                customerId: customerId, subscriptionId: subscriptionId, cursor: cursor,
                limit: limit))
    }

    /// Creates a customer or changes it.
    ///
    /// - Parameter timezone: an IANA name.
    public func upsertCustomer(
        id: String, name: String? = nil, timezone: String,
        metadata: [String: PropertyValue]? = nil
    ) async throws(TallystickError) {
        struct Input: Encodable {
            let id: String
            let name: String?
            let timezone: String
            let metadata: [String: PropertyValue]?
        }
        _ =
            try await call(
                "upsertCustomer",
                Input(id: id, name: name, timezone: timezone, metadata: metadata)) as Data
    }

    /// Subscribes a customer to a plan's newest version.
    ///
    /// - Parameters:
    ///   - startsAt: RFC 3339.
    ///   - endsAt: RFC 3339.
    public func createSubscription(
        id: String, customerId: String, plan: String, startsAt: String, endsAt: String? = nil
    ) async throws(TallystickError) {
        struct Input: Encodable {
            let id: String
            let customerId: String
            let plan: String
            let startsAt: String
            let endsAt: String?
        }
        _ =
            try await call(
                "createSubscription",
                Input(
                    id: id, customerId: customerId, plan: plan, startsAt: startsAt, endsAt: endsAt))
            as Data
    }

    /// Takes an event out of billing.
    public func voidEvent(
        customerId: String, customerEventId: String, reason: String
    ) async throws(TallystickError) {
        _ =
            try await call(
                "voidEvent",
                ["customerId": customerId, "customerEventId": customerEventId, "reason": reason])
            as Data
    }
}
