/// The plan of every customer: three charges, and each event counts in all of them.
enum ThreeMeters {
    static let plan = "three"
    static let count = "calls"
    static let sum = "units"
    static let unique = "users"

    static let catalog = """
        {"meters": [
          {"key": "calls", "eventName": "call", "aggregation": "count"},
          {"key": "units", "eventName": "call", "aggregation": "sum", "property": "units"},
          {"key": "users", "eventName": "call", "aggregation": "unique", "property": "userId"}],
        "plans": [{"key": "three", "name": "Three meters", "currency": "USD",
          "billingPeriod": {"interval": "year", "count": 1, "anchor": "subscription"},
          "charges": [
            {"key": "calls", "name": "Calls", "type": "usage", "meter": "calls",
              "price": {"model": "perUnit", "unitAmount": "0.0001"}},
            {"key": "units", "name": "Units", "type": "usage", "meter": "units",
              "price": {"model": "graduated", "tiers": [
                {"upTo": "1000", "unitAmount": "0.02"}, {"upTo": null, "unitAmount": "0.01"}]}},
            {"key": "users", "name": "Users", "type": "usage", "meter": "users",
              "price": {"model": "perUnit", "unitAmount": "0.05"}}]}]}
        """
}
