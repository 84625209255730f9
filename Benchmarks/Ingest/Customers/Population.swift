import Billing

/// Customers with a subscription each, created over many connections so that they share commits.
struct Population {
    /// The number of the first of them.
    var first = 0
    let count: Int
    let startsAt: Instant

    static let connections = 256
    private static let zones = ["UTC", "America/New_York", "Europe/Berlin", "Asia/Tokyo"]

    func create(on server: Server) throws -> LoadResult {
        var result = try call("upsertCustomer", on: server) { number in
            let zone = Self.zones[number % Self.zones.count]
            return #"{"id":"\#(EventForm.customerId(number))","timezone":"\#(zone)"}"#
        }
        let start = startsAt.description
        let subscriptions = try call("createSubscription", on: server) { number in
            let id = EventForm.customerId(number)
            return """
                {"id":"\(id)","customerId":"\(id)","plan":"\(ThreeMeters.plan)",\
                "startsAt":"\(start)"}
                """
        }
        result.append(subscriptions)
        return result
    }

    private func call(
        _ function: String, on server: Server, _ json: (Int) -> String
    ) throws -> LoadResult {
        try server.call(function, first..<first + count, json)
    }
}

extension Server {
    /// Calls a function once for each number, over many connections that share commits.
    @discardableResult
    func call(
        _ function: String, _ numbers: Range<Int>, _ json: (Int) -> String
    ) throws -> LoadResult {
        var rest = numbers
        let connections = min(numbers.count, Population.connections)
        return try RequestLoop(port: port, connections: connections).run { connection in
            guard let number = rest.popFirst() else { return false }
            try connection.send(HTTPRequest.call(function, json(number)))
            return true
        }
    }
}
