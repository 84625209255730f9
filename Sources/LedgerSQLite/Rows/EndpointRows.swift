internal import Billing
internal import Ledger
internal import SQLite

extension WebhookEndpoint {
    private static let every = "*"

    fileprivate var storedTypes: String {
        eventTypes.map { $0.map(\.rawValue).joined(separator: ",") } ?? Self.every
    }

    /// From the columns id, url, eventTypes, format, template, contentType, enabled, failingSince,
    /// lastFailureAt, disabledBy, the first of which is `column`.
    fileprivate init(_ row: borrowing Statement, at column: Int32 = 0) {
        self.init(
            id: Identifier(checked: row.bytes(column)), url: row.string(column + 1),
            eventTypes: Self.types(row.string(column + 2)),
            format: WebhookFormat(row, at: column + 3),
            isEnabled: row.integer(column + 6) == 1,
            health: EndpointHealth(row, at: column + 7))
    }

    /// - Returns: nil for every type.
    fileprivate static func types(_ stored: String) -> [WebhookEventType]? {
        stored == every
            ? nil
            : stored.split(separator: ",").compactMap { WebhookEventType(rawValue: String($0)) }
    }
}

extension EndpointHealth {
    /// From the columns failingSince, lastFailureAt and disabledBy, the first of which is `column`.
    fileprivate init(_ row: borrowing Statement, at column: Int32) {
        var failures: ClosedRange<Instant>?
        if let first = row.optionalInteger(column) {
            let last = max(first, row.optionalInteger(column + 1) ?? first)
            failures = Instant(microseconds: first)...Instant(microseconds: last)
        }
        self.init(
            failures: failures, disabledBy: row.optionalString(column + 2).flatMap(Disabling.init))
    }
}

/// Endpoints whose last known attempt was delivered, within one transaction: another success there
/// says nothing new, and most attempts are that.
struct HealthyEndpoints {
    private var urls: [Identifier: String] = [:]

    func learnNothing(of attempt: DeliveryAttempt, at id: Identifier) -> Bool {
        attempt.outcome == .delivered && urls[id] == attempt.url
    }

    mutating func note(_ health: EndpointHealth, of attempt: DeliveryAttempt, at id: Identifier) {
        urls[id] = health.failures == nil ? attempt.url : nil
    }
}

extension WebhookFormat {
    private static let templateName = "template"

    /// From the columns format, template and contentType, the first of which is `column`.
    init(_ row: borrowing Statement, at column: Int32) {
        switch row.string(column) {
        case Self.templateName:
            self = .template(text: row.string(column + 1), contentType: row.string(column + 2))
        case "journal": self = .journal
        default: self = .standard
        }
    }

    fileprivate func bind(
        _ row: borrowing Statement, at index: Int32
    ) throws(SQLiteError) {
        switch self {
        case .standard: try row.bind(index, text: "standard")
        case .journal: try row.bind(index, text: "journal")
        case .template: try row.bind(index, text: Self.templateName)
        }
        guard case .template(let text, let contentType) = self else {
            try row.bindNull(index + 1)
            return try row.bindNull(index + 2)
        }
        try row.bind(index + 1, text: text)
        try row.bind(index + 2, text: contentType)
    }
}

extension Database {
    borrowing func endpoint(_ id: Identifier) throws(SQLiteError) -> WebhookEndpoint? {
        try first(
            """
            SELECT id, url, eventTypes, format, template, contentType, enabled, failingSince,
                   lastFailureAt, disabledBy
            FROM webhook_endpoint WHERE id = ?
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, text: id.bytes)
        } _: { row in
            WebhookEndpoint(row)
        }
    }

    /// An endpoint that may be sent something, and the secrets that sign for it at `now`.
    borrowing func claimableTarget(
        _ id: Identifier, now: Instant
    ) throws(SQLiteError) -> WebhookTarget? {
        guard let endpoint = try endpoint(id), endpoint.isEnabled else { return nil }
        return WebhookTarget(endpoint: endpoint, secrets: try secrets(of: id, now: now))
    }

    borrowing func endpoints(_ query: EndpointQuery) throws -> Page<WebhookEndpoint> {
        let after = try Cursor.position(query.cursor)
        let rows = try all(
            """
            SELECT number, id, url, eventTypes, format, template, contentType, enabled,
                   failingSince, lastFailureAt, disabledBy
            FROM webhook_endpoint WHERE number > ? ORDER BY number LIMIT ?
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, after)
            try row.bind(2, Int64(query.limit + 1))
        } _: { row in
            (number: row.integer(0), endpoint: WebhookEndpoint(row, at: 1))
        }
        let page = Page(rows, limit: query.limit) { $0.number }
        return Page(items: page.items.map(\.endpoint), nextCursor: page.nextCursor)
    }

    /// Endpoints that a message of this type is queued for.
    ///
    /// One that was disabled because it failed gets what it missed once it is enabled again; one
    /// that its owner switched off does not.
    borrowing func takers(of type: WebhookEventType) throws(SQLiteError) -> [Identifier] {
        try all(
            """
            SELECT id, eventTypes FROM webhook_endpoint
            WHERE enabled OR disabledBy IS NOT NULL ORDER BY id
            """
        ) { _ in
        } _: { row in
            (
                id: Identifier(checked: row.bytes(0)),
                types: WebhookEndpoint.types(row.string(1))
            )
        }.filter { $0.types?.contains(type) ?? true }.map(\.id)
    }

    /// Creates or changes an endpoint.
    borrowing func put(_ endpoint: WebhookEndpoint) throws(SQLiteError) {
        try run(
            """
            INSERT INTO webhook_endpoint
                (id, url, eventTypes, format, template, contentType, enabled)
            VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
            ON CONFLICT (id) DO UPDATE SET url = ?2, eventTypes = ?3, format = ?4, template = ?5,
                contentType = ?6, enabled = ?7, disabledBy = NULL,
                failingSince = CASE WHEN url = ?2 AND enabled = ?7 THEN failingSince END,
                lastFailureAt = CASE WHEN url = ?2 AND enabled = ?7 THEN lastFailureAt END
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, text: endpoint.id.bytes)
            try row.bind(2, text: endpoint.url)
            try row.bind(3, text: endpoint.storedTypes)
            try endpoint.format.bind(row, at: 4)
            try row.bind(7, Int64(endpoint.isEnabled ? 1 : 0))
        }
    }

    /// Deletes an endpoint; its pending deliveries fail.
    ///
    /// - Returns: how many did; nil where there is no such endpoint.
    borrowing func deleteEndpoint(_ id: Identifier) throws(SQLiteError) -> Int? {
        try run("DELETE FROM webhook_endpoint WHERE id = ?") { row throws(SQLiteError) in
            try row.bind(1, text: id.bytes)
        }
        guard connection.changes == 1 else { return nil }
        try run(
            """
            UPDATE webhook_delivery SET state = 'failed', nextAttemptAt = NULL,
                lastError = 'the endpoint was deleted'
            WHERE endpointId = ? AND state = 'pending'
            """
        ) { row throws(SQLiteError) in try row.bind(1, text: id.bytes) }
        return Int(connection.changes)
    }

    /// Takes in what an attempt says about its endpoint; one that went to another URL says nothing.
    ///
    /// - Returns: the endpoint, where that disabled it.
    borrowing func note(
        _ attempt: DeliveryAttempt, at id: Identifier, _ healthy: inout HealthyEndpoints
    ) throws(SQLiteError) -> DisabledEndpoint? {
        if healthy.learnNothing(of: attempt, at: id) { return nil }
        let known = try first(
            """
            SELECT enabled, failingSince, lastFailureAt, disabledBy FROM webhook_endpoint
            WHERE id = ? AND url = ?
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, text: id.bytes)
            try row.bind(2, text: attempt.url)
        } _: { row in
            (isEnabled: row.integer(0) == 1, health: EndpointHealth(row, at: 1))
        }
        guard let known else { return nil }
        var health = known.health
        let disabling =
            known.isEnabled ? health.note(attempt.outcome, at: attempt.log.at) : nil
        healthy.note(health, of: attempt, at: id)
        guard health != known.health else { return nil }
        try run(
            """
            UPDATE webhook_endpoint SET failingSince = ?1, lastFailureAt = ?2, disabledBy = ?3,
                enabled = enabled AND ?3 IS NULL
            WHERE id = ?4
            """
        ) { row throws(SQLiteError) in
            try row.bind(1, health.failures?.lowerBound.microseconds)
            try row.bind(2, health.failures?.upperBound.microseconds)
            try row.bind(3, text: health.disabledBy?.rawValue)
            try row.bind(4, text: id.bytes)
        }
        return disabling == nil ? nil : DisabledEndpoint(id: id, health: health)
    }

    /// How many endpoints are disabled for `reason`.
    borrowing func disabledEndpoints(
        by reason: EndpointHealth.Disabling
    ) throws(SQLiteError) -> Int {
        try first("SELECT count(*) FROM webhook_endpoint WHERE disabledBy = ?") {
            row throws(SQLiteError) in
            try row.bind(1, text: reason.rawValue)
        } _: { row in
            Int(row.integer(0))
        } ?? 0
    }
}
