import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Tallystick } from "tallystick";
import { startServer } from "./support/server.mjs";

const subscriptionId = "acme-api";
const start = "2026-01-01T00:00:00Z";
const end = "2026-02-01T00:00:00Z";
const period = { start, end, timezone: "UTC" };
const plan = { key: "api", version: 1 };
let server;
let usage;
let invoice;

const price = (unitAmount) => ({ model: "perUnit", unitAmount });
const charge = (meter) => ({ key: meter, name: meter, type: "usage", meter, price: price("0.5") });

before(async () => {
  server = await startServer({ flags: ["--clock", "2026-01-15T12:00:00Z"] });
  usage = new Tallystick({ url: server.url });
  await usage.applyCatalog({
    meters: [
      { key: "calls", eventName: "call", aggregation: "count", groupBy: ["endpoint"] },
      {
        key: "errors", eventName: "call", aggregation: "count",
        filters: [{ property: "status", operator: "gte", value: 500 }],
      },
    ],
    plans: [
      {
        key: "api", name: "API", currency: "USD",
        billingPeriod: { interval: "month", anchor: "calendar" },
        charges: [charge("calls"), charge("errors")],
      },
    ],
  });
  await usage.upsertCustomer({ id: "acme", timezone: "UTC" });
  await usage.createSubscription({
    id: subscriptionId, customerId: "acme", plan: "api", startsAt: start,
  });
  const call = (id, hour, endpoint, status) =>
    usage.track("call", {
      customerId: "acme", customerEventId: id, timestamp: `2026-01-10T${hour}:30:00Z`,
      properties: { endpoint, status },
    });
  call("e-1", "09", "/a", 200);
  call("e-2", "09", "/b", 200);
  call("e-3", "10", "/a", 500);
  await usage.flush();
  await usage.voidEvent({ customerId: "acme", customerEventId: "e-2", reason: "a test" });
});

after(async () => {
  await usage.close();
  await server.stop();
});

// Every member of an answer stands here, so that the types are compared with what comes.
const strip = ({ asOfSequence, ...rest }) => (assert.ok(asOfSequence > 0), rest);
const groups = [{ group: { endpoint: "/a" }, quantity: "2", eventCount: 2 }];
const none = { lateEventCount: 0, ignoredEventCount: 0 };
const day = { from: "2026-01-10T00:00:00Z", to: "2026-01-11T00:00:00Z" };

test("queryUsage: a period", async () => {
  assert.deepEqual(strip(await usage.queryUsage({ subscriptionId })), {
    subscriptionId, period,
    usage: [
      { charge: "calls", meter: "calls", quantity: "2", eventCount: 2, ...none, amount: "1.00", groups },
      { charge: "errors", meter: "errors", quantity: "1", eventCount: 1, ...none, amount: "0.50" },
    ],
    total: "1.50",
  });
});

test("queryUsage: a ratio", async () => {
  const { ratio } = await usage.queryUsage({
    subscriptionId, at: start, ratio: { of: "errors", over: "calls" }, groupBy: ["status"],
  });
  assert.deepEqual(ratio, {
    of: "errors", over: "calls", value: "0.5",
    groups: [{ group: { status: 200 }, value: "0" }, { group: { status: 500 }, value: "1" }],
  });
});

test("queryUsage: a span", async () => {
  const report = await usage.queryUsage({ subscriptionId, ...day, meter: "errors" });
  assert.deepEqual(strip(report), {
    subscriptionId, period: { start: day.from, end: day.to, timezone: "UTC" },
    usage: [{ meter: "errors", quantity: "1", eventCount: 1, lateEventCount: 0 }],
  });
});

test("queryUsage: windows", async () => {
  const { series, window, ratio } = await usage.queryUsage({
    subscriptionId, from: "2026-01-10T09:00:00Z", to: "2026-01-10T11:00:00Z", window: "hour",
    ratio: { of: "errors", over: "calls" }, groupBy: ["endpoint"],
  });
  const [nine, ten, eleven] = ["09", "10", "11"].map((hour) => `2026-01-10T${hour}:00:00Z`);
  assert.equal(window, "hour");
  assert.deepEqual(series.map(({ meter }) => meter), ["calls", "errors"]);
  assert.deepEqual(series[0].windows, [
    { start: nine, end: ten, quantity: "1", groups: [{ group: { endpoint: "/a" }, quantity: "1", eventCount: 1 }] },
    { start: ten, end: eleven, quantity: "1", groups: [{ group: { endpoint: "/a" }, quantity: "1", eventCount: 1 }] },
  ]);
  assert.deepEqual(ratio.windows.map(({ value }) => value), ["0", "1"]);
  assert.deepEqual(ratio.windows[1], {
    start: ten, end: eleven, value: "1", groups: [{ group: { endpoint: "/a" }, value: "1" }],
  });
});

test("rankUsage", async () => {
  assert.deepEqual(await usage.rankUsage({ meter: "calls", at: start, limit: 1 }), {
    items: [{ customerId: "acme", subscriptionId, period, quantity: "2", eventCount: 2 }],
    nextCursor: null,
  });
});

test("events", async () => {
  const { items } = await usage.listEvents({ customerId: "acme", eventName: "call", ...day });
  assert.deepEqual(items.map(({ event }) => event.customerEventId), ["e-1", "e-2", "e-3"]);
  const { hash, ...record } = await usage.getEvent({ customerId: "acme", customerEventId: "e-2" });
  assert.match(hash, /^sha256:[0-9a-f]{64}$/);
  assert.deepEqual(record, {
    sequence: items[1].sequence, receivedAt: "2026-01-15T12:00:00Z", voided: true,
    voidedBy: items[2].sequence + 1,
    event: {
      customerEventId: "e-2", customerId: "acme", eventName: "call",
      properties: { endpoint: "/b", status: 200 }, timestamp: "2026-01-10T09:30:00Z",
    },
  });
});

test("lists of customers and subscriptions", async () => {
  assert.deepEqual(await usage.listCustomers({ limit: 1 }), {
    items: [{ id: "acme", timezone: "UTC", metadata: {} }], nextCursor: null,
  });
  assert.deepEqual(await usage.listSubscriptions({ customerId: "acme" }), {
    items: [
      { id: subscriptionId, customerId: "acme", plan, startsAt: start, status: "active", currentPeriod: period },
    ],
    nextCursor: null,
  });
});

test("a preview, and the same period under another plan", async () => {
  const preview = await usage.generateInvoice({ subscriptionId, periodStart: start, preview: true });
  assert.equal(preview.status, "preview");
  assert.equal(preview.number, null);
  const dearer = {
    key: "dear", name: "Dear", currency: "USD",
    billingPeriod: { interval: "month", anchor: "calendar" },
    charges: [{ ...charge("calls"), price: price("2") }],
  };
  const { billed, simulated, ...totals } = await usage.simulateInvoice({
    subscriptionId, periodStart: start, plan: dearer,
  });
  assert.deepEqual([billed[0].status, simulated[0].status], ["preview", "simulated"]);
  assert.deepEqual(totals, { billedTotal: "1.50", simulatedTotal: "4.00", difference: "2.50" });
});

test("an invoice, generated again, verified and traced", async () => {
  const { fired } = await usage.advanceClock({ to: end });
  assert.ok(Number.isInteger(fired));
  invoice = await usage.generateInvoice({ subscriptionId, periodStart: start });
  const { id: _, number, ...members } = invoice;
  assert.equal(typeof number, "string");
  assert.deepEqual(Object.keys(members).sort(), [
    "currency", "customer", "customerId", "issuedAt", "kind", "lines", "log", "period", "plan",
    "revision", "status", "subscriptionId", "total",
  ]);
  const matches = { quantityMatches: true, amountMatches: true, digestMatches: true };
  assert.deepEqual(await usage.verifyInvoice({ invoiceId: invoice.id }), {
    verified: true, lines: [{ lineId: "calls", ...matches }, { lineId: "errors", ...matches }],
  });
  const request = { invoiceId: invoice.id, lineId: "calls" };
  const first = await usage.traceInvoiceLine({ ...request, limit: 1 });
  const rest = await usage.traceInvoiceLine({ ...request, cursor: first.nextCursor });
  const records = [...first.items, ...rest.items];
  assert.deepEqual(records.map((record) => Object.keys(record).sort()), [
    ["event", "hash", "ignored", "late", "receivedAt", "sequence", "voided"],
    ["event", "hash", "ignored", "late", "receivedAt", "sequence", "voided", "voidedBy"],
    ["event", "hash", "ignored", "late", "receivedAt", "sequence", "voided"],
    ["hash", "receivedAt", "sequence", "void", "voids"],
  ]);
  assert.deepEqual(records[3].void, {
    customerEventId: "e-2", customerId: "acme", reason: "a test", void: true,
  });
  assert.equal(records[3].voids, records[1].sequence);
});

test("each function of the server has a method", async () => {
  await assert.rejects(usage.call("none", {}), ({ problem }) => {
    const names = problem.detail.replace(/^.*known are /, "").split(", ");
    assert.ok(names.length > 30);
    assert.deepEqual(names.filter((name) => typeof usage[name] !== "function"), []);
    return true;
  });
});

test("keys", async () => {
  const admin = await usage.createKey({ name: "me", scopes: ["admin"], requestsPerSecond: 1_000 });
  const boss = new Tallystick({ url: server.url, apiKey: admin.key });
  const { key, ...made } = await boss.createKey({ name: "shop", scopes: ["ingest"] });
  assert.match(key, /^tsk_/);
  const { items } = await boss.listKeys();
  assert.deepEqual(items[1], made);
  assert.deepEqual([items[0].requestsPerSecond, items[0].revokedAt], [1_000, null]);
  const revoked = await boss.revokeKey({ id: made.id });
  assert.deepEqual({ ...revoked, revokedAt: null }, made);
  await assert.rejects(usage.getCatalog(), { status: 401 });
  await boss.close();
});
