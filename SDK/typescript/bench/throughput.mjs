// How many events one Node process tracks and delivers to the real server. `--quick` judges
// nothing; a run fails where a target is missed.
import { readFileSync } from "node:fs";
import { Tallystick } from "tallystick";
import { startServer } from "../test/support/server.mjs";

const isQuick = process.argv.includes("--quick");
const turns = isQuick ? 2 : 7;
const perTurn = isQuick ? 20_000 : 200_000;
const customers = 1_000;
const targets = { tracked: 300_000, delivered: 50_000 };

const server = await startServer();
const usage = new Tallystick({
  url: server.url,
  queue: { events: perTurn, bytes: 1024 ** 3 },
  onError: (error) => {
    throw error;
  },
});
await subscribe();
const rows = [];
for (let turn = 0; turn < turns; turn += 1) rows.push(await measure());
await usage.close();
await server.stop();
report(rows.slice(1)); // the first warms up

/** Tracks a turn's events in one go, then sees them delivered. */
async function measure() {
  const events = Array.from({ length: perTurn }, (_, index) => ({
    customerId: `c${index % customers}`,
    properties: { units: `${index % 100}.321`, region: "eu-west-1", userId: `u${index % 50}` },
  }));
  const start = moment();
  for (const event of events) usage.track("call", event);
  const tracked = since(start);
  await usage.flush();
  return { tracked, delivered: since(start) };
}

/** Wall time, and the processor time of this process and of the server, in milliseconds. */
function moment() {
  const { user, system } = process.cpuUsage();
  // Fields 14 and 15 count ticks of 10 ms; the name in field 2 has no space.
  const stat = readFileSync(`/proc/${server.processId}/stat`, "utf8").split(" ");
  const serverTicks = Number(stat[13]) + Number(stat[14]);
  return { wall: performance.now(), own: (user + system) / 1_000, server: serverTicks * 10 };
}

function since(start) {
  const now = moment();
  return Object.fromEntries(Object.keys(now).map((clock) => [clock, now[clock] - start[clock]]));
}

function report(rows) {
  let isMissed = false;
  for (const stage of ["tracked", "delivered"]) {
    const rate = (perTurn / median(rows.map((row) => row[stage].wall))) * 1_000;
    const micros = (clock) => (median(rows.map((row) => row[stage][clock])) * 1_000) / perTurn;
    const verdict = rate >= targets[stage] ? "met" : "missed";
    isMissed ||= verdict === "missed";
    console.log(
      `${stage.padEnd(9)} ${Math.round(rate).toLocaleString("en")} events/s ` +
        `(target ${targets[stage].toLocaleString("en")}, ${verdict}); processor time of an event: ` +
        `${micros("own").toFixed(2)} µs here, ${micros("server").toFixed(2)} µs of the server`,
    );
  }
  const { accepted } = usage.counts;
  console.log(`${accepted.toLocaleString("en")} events, all accepted: ${accepted === turns * perTurn}`);
  console.log(`load average ${readFileSync("/proc/loadavg", "utf8").split(" ")[0]}`);
  process.exitCode = accepted !== turns * perTurn || (isMissed && !isQuick) ? 1 : 0;
}

function median(values) {
  return [...values].sort((a, b) => a - b)[values.length >> 1];
}

async function subscribe() {
  const meter = { key: "units", eventName: "call", aggregation: "sum", property: "units" };
  const price = { model: "perUnit", unitAmount: "0.01" };
  const charge = { key: "units", name: "Units", type: "usage", meter: "units", price };
  const billingPeriod = { interval: "year", anchor: "calendar" };
  const plan = { key: "plan", name: "Plan", currency: "USD", billingPeriod, charges: [charge] };
  await usage.applyCatalog({ meters: [meter], plans: [plan] });
  const startsAt = `${new Date().getUTCFullYear()}-01-01T00:00:00Z`;
  for (let index = 0; index < customers; index += 1) {
    const customerId = `c${index}`;
    await usage.upsertCustomer({ id: customerId, timezone: "UTC" });
    await usage.createSubscription({ id: `s${index}`, customerId, plan: "plan", startsAt });
  }
}
