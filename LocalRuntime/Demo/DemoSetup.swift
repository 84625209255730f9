import Documents
import JSON
import Webhooks

/// What an operator does once: an endpoint for webhooks, customers, subscriptions.
struct DemoSetup {
    let client: FunctionClient

    /// Registers the receiver and lets it know the secret that is shown only now.
    func connect(_ receiver: WebhookReceiver, _ url: String) async throws {
        let endpoint = try await client.result(
            "putWebhookEndpoint",
            #"{"id":"demo","url":"\#(url)","eventTypes":["*"],"enabled":true}"#)
        guard let secret = WebhookSecret(endpoint.text("secret")) else {
            throw NotHappened(description: "putWebhookEndpoint gave no secret")
        }
        receiver.trust(secret)
        print("A webhook receiver listens on \(url) and knows its signing secret.")
    }

    func createCustomers() async throws {
        var table = TextTable([
            ("Customer", .left), ("Zone", .left), ("Plans", .left), ("January begins", .left),
        ])
        for customer in DemoCustomer.all {
            _ = try await client.result(
                "upsertCustomer",
                #"{"id":"\#(customer.id)","name":"\#(customer.name)","#
                    + #""timezone":"\#(customer.timezone)"}"#)
            let start = UsageRecord.text(customer.month.lowerBound)
            for plan in customer.plans {
                _ = try await client.result(
                    "createSubscription",
                    #"{"id":"\#(customer.subscription(to: plan))","customerId":"\#(customer.id)","#
                        + #""plan":"\#(plan.rawValue)","startsAt":"\#(start)"}"#)
            }
            table.add([
                customer.name, customer.timezone,
                customer.plans.map(\.rawValue).joined(separator: ", "),
                start.replacing(".000000", with: ""),
            ])
        }
        print("")
        for line in table.lines() { print(line) }
    }
}
