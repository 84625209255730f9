import assert from "node:assert/strict";
import { test } from "node:test";
import { ClosedError, QueueFullError, UnreachableError } from "tallystick";
import { idsOf, scene } from "./support/scene.mjs";
import { allAccepted, deferred } from "./support/scripted.mjs";

const customerId = "acme";
const full = { batch: { events: 2 }, concurrency: 1 };

/** Tracks events under the ids 0, 1, 2 … while the first batch of two is held. */
async function overflow(test, queue, count) {
  const held = deferred();
  const scenery = await scene(
    test,
    async (request, index) => (index === 0 && (await held.promise), allAccepted(request)),
    { ...full, queue },
  );
  const promises = Array.from({ length: count }, (_, index) =>
    scenery.usage.track("call", { customerId, customerEventId: `${index}` }),
  );
  return { ...scenery, held, promises };
}

const dropped = (errors) => errors.map(({ error, events }) => {
  assert.ok(error instanceof QueueFullError);
  return events[0].customerEventId;
});

test("drop-oldest keeps the newest", async (test) => {
  const queue = { events: 4, whenFull: "drop-oldest" };
  const { server, usage, errors, held } = await overflow(test, queue, 9);
  assert.deepEqual(dropped(errors), ["2", "3", "4"]);
  assert.equal(usage.queued, 4);
  held.resolve();
  await usage.flush();
  assert.deepEqual(server.requests.flatMap(idsOf), ["0", "1", "5", "6", "7", "8"]);
  assert.equal(usage.counts.lost, 3);
});

test("drop-newest keeps the oldest", async (test) => {
  const queue = { events: 4, whenFull: "drop-newest" };
  const { server, usage, errors, held } = await overflow(test, queue, 9);
  assert.deepEqual(dropped(errors), ["6", "7", "8"]);
  held.resolve();
  await usage.flush();
  assert.deepEqual(server.requests.flatMap(idsOf), ["0", "1", "2", "3", "4", "5"]);
});

test("block loses nothing of those who wait", async (test) => {
  const queue = { events: 10, whenFull: "block" };
  const { server, usage, errors, held, promises } = await overflow(test, queue, 200);
  assert.deepEqual(promises.map((promise) => promise !== undefined), [
    ...Array(12).fill(false), ...Array(188).fill(true), // two are under way
  ]);
  const order = [];
  promises.forEach((promise, index) => promise?.then(() => order.push(index)));
  held.resolve();
  await promises[13];
  assert.deepEqual(order, [12, 13]); // one for each place
  await Promise.all(promises);
  assert.deepEqual(order, Array.from({ length: 188 }, (_, index) => index + 12));
  assert.ok(usage.queued <= 10);
  await usage.flush();
  assert.deepEqual(errors, []);
  const ids = Array.from({ length: 200 }, (_, index) => `${index}`);
  assert.deepEqual(server.requests.flatMap(idsOf), ids);
});

test("block bounds those who do not wait", async (test) => {
  const queue = { events: 4, whenFull: "block", waitingBytes: 2_000, bytes: 1_000 };
  const { server, usage, errors, held } = await overflow(test, queue, 100);
  assert.ok(usage.queued > 15 && usage.queued < 30, `${usage.queued} events of 3,000 bytes`);
  const kept = usage.queued + 2;
  assert.deepEqual(dropped(errors), Array.from({ length: 100 - kept }, (_, at) => `${at + kept}`));
  held.resolve();
  await usage.flush();
  assert.equal(server.requests.flatMap(idsOf).length, kept);
});

test("bytes bound the queue too", async (test) => {
  const queue = { bytes: 2_000, whenFull: "drop-newest" };
  const { usage, held } = await overflow(test, queue, 100);
  assert.ok(usage.queued > 5 && usage.queued < 20, `${usage.queued} events of 2,000 bytes`);
  held.resolve();
  await usage.flush();
  assert.equal(usage.counts.accepted + usage.counts.lost, 100);
});

test("a queue smaller than a batch still sends", async (test) => {
  const { usage } = await scene(test, allAccepted, { queue: { events: 10, bytes: 300 } });
  for (let index = 0; index < 3; index += 1) usage.track("call", { customerId });
  await usage.flush();
  assert.equal(usage.counts.accepted, 3);
});

test("flush waits for what was tracked before it, and for no more", async (test) => {
  const first = deferred();
  const second = deferred();
  const gates = [first, second];
  const { usage } = await scene(
    test, async (request, index) => (await gates[index].promise, allAccepted(request)), full,
  );
  usage.track("call", { customerId });
  const flushed = usage.flush();
  usage.track("call", { customerId });
  const later = usage.flush();
  first.resolve();
  await flushed;
  assert.equal(usage.counts.accepted, 1);
  second.resolve();
  await later;
  assert.equal(usage.counts.accepted, 2);
  await usage.flush(); // with nothing to do
});

test("close delivers, and takes no more", async (test) => {
  const { usage, errors } = await scene(test, (request, index) =>
    index < 3 ? undefined : allAccepted(request),
  );
  for (let index = 0; index < 10; index += 1) usage.track("call", { customerId });
  await usage.close();
  assert.equal(usage.counts.accepted, 10);
  usage.track("call", { customerId, customerEventId: "late" });
  assert.ok(errors[0].error instanceof ClosedError);
  assert.equal(errors[0].events[0].customerEventId, "late");
  await assert.rejects(usage.trackAndWait("call", { customerId }), ClosedError);
  await usage.close();
});

test("close with a timeout gives up events, says which, and leaves calls alone", async (test) => {
  const held = deferred();
  const answer = async ({ url }) =>
    url.endsWith("getInvoice") ? (await held.promise, { body: { id: "i" } }) : undefined;
  const { usage, errors } = await scene(test, answer, {
    ...full, retry: { firstMilliseconds: 60_000, longestMilliseconds: 60_000 },
  });
  const call = usage.getInvoice({ id: "i" });
  for (let index = 0; index < 10; index += 1) usage.track("call", { customerId });
  const refused = assert.rejects(usage.trackAndWait("call", { customerId }), UnreachableError);
  await usage.close({ timeoutMilliseconds: 20 });
  await refused;
  assert.equal(errors.flatMap(({ events }) => events).length, 10);
  assert.equal(usage.counts.lost, 11);
  held.resolve();
  assert.deepEqual(await call, { id: "i" });
});

test("a batch is given up in the end", async (test) => {
  const { server, usage, errors } = await scene(test, () => undefined, {
    retry: { forMilliseconds: 50, firstMilliseconds: 1, longestMilliseconds: 5 },
  });
  usage.track("call", { customerId });
  await usage.flush();
  assert.ok(errors[0].error instanceof UnreachableError);
  assert.ok(server.requests.length > 3);
});
