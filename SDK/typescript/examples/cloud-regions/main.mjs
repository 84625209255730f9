// What an agent on each machine reports once a day.
import { connect, printInvoice } from "../billing.mjs";

const usage = connect();
const customerId = "zuse";

await usage.upsertCustomer({ id: customerId, name: "Zuse AG", timezone: "Europe/Zurich" });
await usage.createSubscription({
  id: "zuse-cloud", customerId, plan: "cloud", startsAt: "2026-01-01T00:00:00+01:00",
});

const report = (eventName, day, properties) =>
  usage.track(eventName, {
    customerId, properties, timestamp: `2026-01-${String(day).padStart(2, "0")}T12:00:00+01:00`,
  });

// Quantities are strings: no binary float comes near them.
for (let day = 1; day <= 31; day += 1) {
  report("compute", day, { region: "eu-west", machine: "a", hours: "24" });
  report("compute", day, { region: "eu-west", machine: "b", hours: "24" });
  if (day <= 10) report("compute", day, { region: "us-east", machine: "c", hours: "24" });
  report("storage", day, { region: "eu-west", gigabyteHours: "12000" });
  report("storage", day, { region: "us-east", gigabyteHours: "2412" });
  report("bandwidth", day, { region: "eu-west", gigabytes: "40.25" });
  report("bandwidth", day, { region: "us-east", gigabytes: "10.5" });
}
await usage.flush();

await printInvoice(usage, customerId, "2026-01-31T23:00:00Z"); // midnight in Zürich
await usage.close();
