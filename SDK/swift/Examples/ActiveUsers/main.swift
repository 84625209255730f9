// Each user counts once a month; a price that falls with their number. It needs a server on a test
// clock with the catalog of SDK/typescript/examples/active-users.
import Foundation
import TallystickClient

let environment = ProcessInfo.processInfo.environment
let usage = try Tallystick(
    url: environment["TALLYSTICK_URL"] ?? "http://127.0.0.1:8080",
    apiKey: environment["TALLYSTICK_API_KEY"])
let customerId = "game-club"

try await usage.upsertCustomer(id: customerId, name: "Game Club", timezone: "UTC")
try await usage.createSubscription(
    id: "game-club-app", customerId: customerId, plan: "app", startsAt: "2026-01-01T00:00:00Z")

for day in ["05", "12", "19"] {
    let timestamp = try Date("2026-01-\(day)T20:00:00Z", strategy: .iso8601)
    for user in 0..<72 {
        for platform in user % 3 == 0 ? ["web", "ios"] : ["web"] {
            await usage.track(
                "session_started", customerId: customerId,
                properties: ["userId": "user-\(user)", "platform": .string(platform)],
                timestamp: timestamp)
        }
    }
}
await usage.flush()

_ = try await usage.call("advanceClock", ["to": "2026-02-01T00:00:00Z"]) as Data
for invoice in try await usage.listInvoices(customerId: customerId).items {
    print("\(customerId), \(invoice.period.start) to \(invoice.period.end)")
    for line in invoice.lines {
        print(
            "  \(line.description): \(line.quantity ?? "") for \(line.amount) \(invoice.currency)")
    }
    print("  Total: \(invoice.total) \(invoice.currency)")
}
await usage.close()
