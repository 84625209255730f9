import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Tallystick } from "tallystick";
import { hostilities, startHostile } from "./support/hostile.mjs";
import { seeded } from "./support/random.mjs";
import { startServer } from "./support/server.mjs";

const seeds = Array.from({ length: 20 }, (_, index) => index + 1);
const events = 10_000;
const queueLimit = 1_000;

const total = Object.fromEntries(hostilities.map((kind) => [kind, 0]));
let duplicates = 0;
let server;
let direct;

before(async () => {
  server = await startServer();
  direct = new Tallystick({ url: server.url });
  const charge = (meter) => ({
    key: meter, name: meter, type: "usage", meter, price: { model: "perUnit", unitAmount: "1" },
  });
  await direct.applyCatalog({
    meters: [
      { key: "count", eventName: "work", aggregation: "count" },
      { key: "sum", eventName: "work", aggregation: "sum", property: "units" },
      { key: "unique", eventName: "work", aggregation: "unique", property: "item" },
    ],
    plans: [
      {
        key: "plan", name: "Plan", currency: "USD",
        billingPeriod: { interval: "year", anchor: "calendar" },
        charges: ["count", "sum", "unique"].map(charge),
      },
    ],
  });
});

after(async () => {
  await direct.close();
  await server.stop();
});

/** Tracks the events of one seed through a hostile proxy; then asks the server what it bills. */
async function run(seed) {
  const random = seeded(seed);
  const customerId = `customer-${seed}`;
  const subscriptionId = `subscription-${seed}`;
  const startsAt = `${new Date().getUTCFullYear()}-01-01T00:00:00Z`;
  await direct.upsertCustomer({ id: customerId, timezone: "UTC" });
  await direct.createSubscription({ id: subscriptionId, customerId, plan: "plan", startsAt });
  const proxy = await startHostile(server.url, random);
  const errors = [];
  const usage = new Tallystick({
    url: proxy.url,
    batch: { events: 100, milliseconds: 5 },
    queue: { events: queueLimit, whenFull: "block" },
    retry: { firstMilliseconds: 2, longestMilliseconds: 40 },
    timeoutMilliseconds: 400,
    onError: (error) => errors.push(error),
  });
  let hundredths = 0n;
  let mostQueued = 0;
  for (let index = 0; index < events; index += 1) {
    const units = 1 + Math.floor(random() * 100_000);
    hundredths += BigInt(units);
    const text = `${Math.floor(units / 100)}.${String(units % 100).padStart(2, "0")}`;
    await usage.track("work", { customerId, properties: { units: text, item: `${index}` } });
    mostQueued = Math.max(mostQueued, usage.queued);
  }
  await usage.close();
  const report = await direct.queryUsage({ subscriptionId });
  proxy.stop();
  for (const kind of hostilities) total[kind] += proxy.counts[kind];
  duplicates += usage.counts.duplicates;

  assert.deepEqual(errors, []);
  const [count, sum, unique] = report.usage;
  assert.equal(count.quantity, `${events}`);
  assert.equal(hundredthsOf(sum.quantity), hundredths);
  assert.equal(unique.quantity, `${events}`);
  assert.equal(usage.counts.accepted + usage.counts.duplicates, events);
  assert.equal(usage.counts.lost, 0);
  assert.ok(mostQueued <= queueLimit, `${mostQueued} events were queued`);
}

/** A decimal of up to two fractional digits, in hundredths. */
function hundredthsOf(decimal) {
  const [whole, fraction = ""] = decimal.split(".");
  return BigInt(whole + fraction.padEnd(2, "0"));
}

test("a hostile way loses nothing and bills nothing twice", { concurrency: 5 }, async (suite) => {
  await Promise.all(seeds.map((seed) => suite.test(`seed ${seed}`, () => run(seed))));
  for (const [kind, count] of Object.entries(total)) assert.ok(count > 0, `${kind} never happened`);
  assert.ok(duplicates > 0, "no answer was lost after its events were counted");
  suite.diagnostic(`${JSON.stringify(total)}, ${duplicates} events sent again after they counted`);
});
