// Each user counts once a month; a price that falls with their number.
import { connect, printInvoice } from "../billing.mjs";

const usage = connect();
const customerId = "game-club";

await usage.upsertCustomer({ id: customerId, name: "Game Club", timezone: "UTC" });
await usage.createSubscription({
  id: "game-club-app", customerId, plan: "app", startsAt: "2026-01-01T00:00:00Z",
});

for (const day of ["05", "12", "19"]) {
  for (let user = 0; user < 72; user += 1) {
    const timestamp = `2026-01-${day}T20:00:00Z`;
    const userId = `user-${user}`;
    usage.track("session_started", { customerId, timestamp, properties: { userId, platform: "web" } });
    if (user % 3 === 0) {
      usage.track("session_started", { customerId, timestamp, properties: { userId, platform: "ios" } });
    }
  }
}
await usage.flush();

await printInvoice(usage, customerId, "2026-02-01T00:00:00Z");
await usage.close();
