// A fee for each payment, billed to the merchant.
import { connect, printInvoice } from "../billing.mjs";

const usage = connect();
const customerId = "book-shop";

await usage.upsertCustomer({ id: customerId, name: "Book Shop", timezone: "America/New_York" });
await usage.createSubscription({
  id: "book-shop-payments", customerId, plan: "payments", startsAt: "2026-01-01T05:00:00Z",
});

const timestamp = "2026-01-15T18:00:00Z";

/** A payment's own id is its event's: however often it is reported, it is billed once. */
const captured = (id, amount) =>
  usage.trackAndWait("payment_captured", {
    customerId, customerEventId: id, timestamp, properties: { amount },
  });

await captured("pay_1", "10.00");
await captured("pay_2", "5.00");
await captured("pay_3", "99.95");
await captured("pay_4", "1000.00");
await captured("pay_5", "0.99");
const { status } = await captured("pay_3", "99.95");
console.log(`pay_3 again: ${status}`);

for (const id of ["po_1", "po_2", "po_3"]) {
  usage.track("payout", { customerId, customerEventId: id, timestamp });
}
await usage.flush();

await printInvoice(usage, customerId, "2026-02-01T05:00:00Z");
await usage.close();
