import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { ConflictError, RefusedError, RejectedError, Tallystick } from "tallystick";
import { startServer } from "./support/server.mjs";

const customerId = "acme";
const subscriptionId = "acme-api";
const errors = [];
let server;
let usage;

before(async () => {
  server = await startServer({ flags: ["--clock", "2026-01-15T12:00:00Z"] });
  usage = new Tallystick({
    url: server.url, onError: (error, events) => errors.push({ error, events }),
  });
  await usage.applyCatalog({
    meters: [{ key: "units", eventName: "call", aggregation: "sum", property: "units" }],
    plans: [
      {
        key: "api", name: "API", currency: "USD", lateEvents: "nextPeriod",
        billingPeriod: { interval: "month", anchor: "calendar" },
        charges: [
          {
            key: "calls", name: "Calls", type: "usage", meter: "units",
            price: { model: "perUnit", unitAmount: "0.1" },
          },
        ],
      },
    ],
  });
  await usage.upsertCustomer({ id: customerId, name: "Acme Inc", timezone: "UTC" });
  const startsAt = "2026-01-01T00:00:00Z";
  await usage.createSubscription({ id: subscriptionId, customerId, plan: "api", startsAt });
});

after(async () => {
  await usage.close();
  await server.stop();
});

/** An event of January, with units that no float can hold. */
const event = (customerEventId, more = {}) => ({
  customerId, customerEventId, timestamp: "2026-01-10T00:00:00Z",
  properties: { units: "0.123456789012" }, ...more,
});

test("the server answers what became of an event", async () => {
  const first = await usage.trackAndWait("call", event("e-1"));
  assert.deepEqual(first, { customerEventId: "e-1", status: "accepted" });
  const again = await usage.trackAndWait("call", event("e-1"));
  assert.deepEqual(again, { customerEventId: "e-1", status: "duplicate" });
  const other = event("e-1", { properties: { units: "2" } });
  await assert.rejects(usage.trackAndWait("call", other), ConflictError);
  await assert.rejects(usage.trackAndWait("call", event("e-2", { timestamp: "?" })), RejectedError);
  await usage.trackAndWait("cal", event("e-3"));
  assert.equal(usage.counts.unbilled, 1);
});

test("one event with a text that is none costs its neighbours nothing", async () => {
  const accepted = usage.counts.accepted;
  for (let index = 0; index < 50; index += 1) usage.track("call", event(`many-${index}`));
  usage.track("call", event("half", { properties: { units: "1", text: "\ud83d" } }));
  for (let index = 50; index < 99; index += 1) usage.track("call", event(`many-${index}`));
  await usage.flush();
  assert.equal(usage.counts.accepted - accepted, 99);
  assert.equal(errors.length, 1);
  assert.ok(errors[0].error instanceof RejectedError);
  assert.match(errors[0].error.message, /^\/properties\/text /);
  assert.deepEqual(errors[0].events.map((lost) => lost.customerEventId), ["half"]);
});

test("what was tracked is billed, digit for digit", async () => {
  const report = await usage.queryUsage({ subscriptionId });
  assert.equal(report.usage[0].quantity, "12.3456789012"); // a hundred times
  await usage.advanceClock({ to: "2026-02-02T00:00:00Z" });
  const { items: [invoice] } = await usage.listInvoices({ customerId });
  assert.equal(invoice.total, "1.23");
  assert.equal(invoice.lines[0].unroundedAmount, "1.23456789012");
  assert.deepEqual(await usage.getInvoice({ id: invoice.id }), invoice);
});

test("an event that comes after its period is closed says where it counts", async () => {
  const { late } = await usage.trackAndWait("call", event("late"));
  assert.deepEqual(late, [
    {
      subscriptionId, policy: "nextPeriod",
      period: { start: "2026-02-01T00:00:00Z", end: "2026-03-01T00:00:00Z" },
    },
  ]);
});

test("a failed call says which field is to blame", async () => {
  await assert.rejects(usage.upsertCustomer({ id: "", timezone: "Mars" }), (error) => {
    assert.ok(error instanceof RefusedError);
    assert.deepEqual(error.problem.errors.map(({ pointer }) => pointer).sort(), [
      "/id", "/timezone",
    ]);
    return true;
  });
  await assert.rejects(usage.getInvoice({ id: "none" }), { code: "refused", status: 404 });
});
