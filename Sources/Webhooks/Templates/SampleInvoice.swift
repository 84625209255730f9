import JSON

/// An invoice of the contract's shape that new templates are tried on.
enum SampleInvoice {
    static func node() throws(PayloadTemplateError) -> JSONNode {
        do throws(JSONError) {
            return try JSONDocument.parse(Array(text.utf8)).root
        } catch { throw PayloadTemplateError("cannot be tried: \(error)") }
    }

    private static let text = """
        {"id": "inv_0123456789abcdef0123456789abcdef", "number": "1", "kind": "period",
         "status": "finalized", "revision": 0,
         "customer": {"id": "acme", "name": "Acme \\"Sample\\" Inc", "metadata": {"region": "EU"}},
         "customerId": "acme", "subscriptionId": "acme-api",
         "plan": {"key": "api", "version": 1}, "currency": "USD",
         "period": {"start": "2026-01-01T00:00:00Z", "end": "2026-02-01T00:00:00Z",
                    "timezone": "UTC"},
         "issuedAt": "2026-02-01T00:00:00Z",
         "lines": [
           {"id": "calls", "type": "usage", "charge": "calls", "meter": "calls",
            "description": "API calls",
            "period": {"start": "2026-01-01T00:00:00Z", "end": "2026-02-01T00:00:00Z",
                       "timezone": "UTC"},
            "quantity": "1500", "amount": "2.50", "unroundedAmount": "2.5",
            "breakdown": [{"tier": 1, "units": "1000", "unitAmount": "0.002", "amount": "2"},
                          {"tier": 2, "units": "500", "unitAmount": "0.001", "amount": "0.5"}],
            "groups": [{"group": {"region": "eu"}, "quantity": "1500", "eventCount": 1500}],
            "evidence": {"eventCount": 1500, "lateEventCount": 0,
                         "firstEventAt": "2026-01-01T00:00:00Z",
                         "lastEventAt": "2026-01-31T23:59:59Z",
                         "firstSequence": 1, "lastSequence": 1500,
                         "digest": "sha256:\(String(repeating: "0", count: 64))"}},
           {"id": "base", "type": "flat", "charge": "base", "description": "Base fee",
            "period": {"start": "2026-01-01T00:00:00Z", "end": "2026-02-01T00:00:00Z",
                       "timezone": "UTC"},
            "amount": "10.00", "unroundedAmount": "10", "breakdown": []}],
         "total": "12.50",
         "log": {"cutoffSequence": 1500,
                 "chain": "sha256:\(String(repeating: "0", count: 64))"}}
        """
}
