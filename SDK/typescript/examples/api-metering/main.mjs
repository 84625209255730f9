// What an API's middleware does after each answer: one line.
import { connect, printInvoice } from "../billing.mjs";

const usage = connect();
const customerId = "acme";

await usage.upsertCustomer({ id: customerId, name: "Acme Inc", timezone: "UTC" });
await usage.createSubscription({
  id: "acme-api", customerId, plan: "api", startsAt: "2026-01-01T00:00:00Z",
});

// Left out, the timestamp is now; the server's test clock stands in January.
const timestamp = "2026-01-20T09:30:00Z";

function answered(method, endpoint, status) {
  usage.track("api_request", { customerId, timestamp, properties: { endpoint, method, status } });
}

const traffic = [
  ["GET", "/v1/items", 200, 400],
  ["GET", "/v1/search", 200, 150],
  ["POST", "/v1/items", 201, 80],
  ["POST", "/v1/items", 422, 20],
  ["GET", "/v1/items", 503, 25],
];

for (const [method, endpoint, status, count] of traffic) {
  for (let call = 0; call < count; call += 1) answered(method, endpoint, status);
}
await usage.flush();

await printInvoice(usage, customerId, "2026-02-01T00:00:00Z");
await usage.close();
