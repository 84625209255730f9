import assert from "node:assert/strict";
import { test } from "node:test";
import { gunzipSync } from "node:zlib";
import { RefusedError, UnreachableError } from "tallystick";
import { retryAfterMilliseconds } from "../dist/esm/transport.js";
import { scene } from "./support/scene.mjs";
import { allAccepted, deferred } from "./support/scripted.mjs";

const customerId = "acme";

test("a batch goes out at its count", async (test) => {
  const { server, usage } = await scene(test, allAccepted, { batch: { events: 3 } });
  for (let index = 0; index < 7; index += 1) usage.track("call", { customerId });
  await usage.flush();
  assert.deepEqual(server.requests.map((request) => request.body.events.length), [3, 3, 1]);
  assert.equal(usage.counts.accepted, 7);
});

test("a batch goes out at its bytes, and one event that is larger goes alone", async (test) => {
  const { server, usage } = await scene(test, allAccepted, { batch: { bytes: 1_000 } });
  for (const length of [1, 1, 2_000, 1]) {
    usage.track("call", { customerId, properties: { text: "é".repeat(length) } });
  }
  await usage.flush();
  assert.deepEqual(server.requests.map((request) => request.body.events.length), [2, 1, 1]);
});

test("a batch goes out in time", async (test) => {
  const arrived = deferred();
  const { server, usage } = await scene(
    test, (request) => (arrived.resolve(), allAccepted(request)), { batch: { milliseconds: 20 } },
  );
  const alive = setInterval(() => undefined, 1_000); // the timer of a batch keeps nothing alive
  usage.track("call", { customerId });
  usage.track("call", { customerId });
  await arrived.promise;
  clearInterval(alive);
  assert.equal(server.requests[0].body.events.length, 2);
});

test("every try sends the event as it was tracked", async (test) => {
  const outcomes = [503, undefined, 500, 408, 429, "<html>", 200];
  const { server, usage, errors, waits } = await scene(test, (request, index) => {
    if (outcomes[index] === 200) return allAccepted(request);
    if (outcomes[index] === "<html>") return { body: "<html>" };
    return outcomes[index] && { status: outcomes[index], body: {} };
  });
  const properties = { units: "1" };
  usage.track("call", { customerId, properties });
  properties.units = "2";
  await usage.flush();
  assert.equal(server.requests.length, outcomes.length);
  for (const request of server.requests) assert.deepEqual(request.bytes, server.requests[0].bytes);
  const [event] = server.requests[0].body.events;
  assert.match(event.customerEventId, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab]/);
  assert.ok(Math.abs(Date.parse(event.timestamp) - Date.now()) < 60_000);
  assert.deepEqual(event.properties, { units: "1" });
  assert.deepEqual(errors, []);
  assert.ok(waits.every(({ wait }) => wait >= 0 && wait <= 2));
  assert.ok(waits[1].error instanceof UnreachableError);
});

for (const status of [301, 401, 403, 404]) {
  test(`a ${status} is not tried again`, async (test) => {
    const problem = { type: "t", title: "No", status, detail: "because" };
    const { server, usage, errors } = await scene(test, () => ({ status, body: problem }));
    usage.track("call", { customerId, customerEventId: "e-1" });
    usage.track("call", { customerId, customerEventId: "e-2" });
    await usage.flush();
    assert.equal(server.requests.length, 1);
    const [{ error, events }] = errors;
    assert.ok(error instanceof RefusedError);
    assert.equal(error.status, status);
    assert.deepEqual(error.problem, problem);
    assert.deepEqual(events.map((event) => event.customerEventId), ["e-1", "e-2"]);
    assert.equal(usage.counts.lost, 2);
  });
}

test("waits double up to the longest, and never undercut Retry-After", async (test) => {
  const { usage, waits } = await scene(
    test,
    (request, index) =>
      index < 12 ? { status: 503, body: {} }
      : index < 13 ? { status: 429, headers: { "retry-after": "1" }, body: {} }
      : allAccepted(request),
    { retry: { firstMilliseconds: 1, longestMilliseconds: 64 } },
  );
  const start = performance.now();
  usage.track("call", { customerId });
  await usage.flush();
  waits.slice(0, 12).forEach(({ wait }, index) => assert.ok(wait <= Math.min(2 ** index, 64)));
  assert.ok(new Set(waits.map(({ wait }) => wait)).size > 6, "waits are drawn");
  assert.ok(waits[12].wait >= 1_000);
  assert.ok(performance.now() - start >= 1_000);
});

test("Retry-After is seconds or a date", () => {
  const now = Date.UTC(2026, 0, 1);
  assert.equal(retryAfterMilliseconds("120", now), 120_000);
  assert.equal(retryAfterMilliseconds("Thu, 01 Jan 2026 00:00:05 GMT", now), 5_000);
  assert.equal(retryAfterMilliseconds("Wed, 31 Dec 2025 00:00:00 GMT", now), 0);
  assert.equal(retryAfterMilliseconds("soon", now), undefined);
  assert.equal(retryAfterMilliseconds(null, now), undefined);
});

test("what a server asks for holds back every batch", async (test) => {
  const { server, usage } = await scene(
    test,
    (request, index) =>
      index === 0 ? { status: 429, headers: { "retry-after": "1" }, body: {} }
      : allAccepted(request),
    { batch: { events: 1 }, concurrency: 1 },
  );
  const start = performance.now();
  await assert.rejects(usage.getInvoice({ id: "i" }, { retryForMilliseconds: 0 }), RefusedError);
  await usage.trackAndWait("call", { customerId });
  assert.ok(performance.now() - start >= 1_000);
  assert.equal(server.requests.length, 2);
});

test("what has less time than a server asks for is not asked early, and fails at once", async (test) => {
  const refused = () => ({ status: 429, headers: { "retry-after": "60" }, body: {} });
  const { server, usage, errors } = await scene(test, refused, {
    batch: { events: 1 }, concurrency: 1, retry: { forMilliseconds: 500 },
  });
  const start = performance.now();
  for (const customerEventId of ["a", "b", "c"]) usage.track("call", { customerId, customerEventId });
  await usage.flush();
  await assert.rejects(usage.getInvoice({ id: "i" }), RefusedError);
  assert.ok(performance.now() - start < 30_000);
  assert.equal(server.requests.length, 1);
  assert.deepEqual(errors.map(({ error }) => error.status), [429, 429, 429]);
});

test("gzip bodies are the same bodies", async (test) => {
  const { server, usage } = await scene(
    test,
    ({ bytes, headers }) => {
      const isPacked = headers["content-encoding"] === "gzip";
      return allAccepted({ body: JSON.parse(isPacked ? gunzipSync(bytes) : bytes) });
    },
    { gzip: true },
  );
  for (let index = 0; index < 100; index += 1) usage.track("call", { customerId });
  await usage.flush();
  usage.track("call", { customerId });
  await usage.flush();
  const [large, small] = server.requests;
  assert.equal(JSON.parse(gunzipSync(large.bytes)).events.length, 100);
  assert.ok(large.bytes.length < 100 * 60, "it is smaller");
  assert.equal(small.headers["content-encoding"], undefined, "too small to compress");
  assert.equal(usage.counts.accepted, 101);
});

test("connections are kept, and the key is sent", async (test) => {
  const options = { batch: { events: 10 }, concurrency: 3, apiKey: "key" };
  const { server, usage } = await scene(test, allAccepted, options);
  for (let index = 0; index < 500; index += 1) usage.track("call", { customerId });
  await usage.flush();
  assert.equal(server.requests.length, 50);
  // One more now and then: an answer is here before its connection is free again.
  assert.ok(server.connections < 15, `${server.connections} connections`);
  assert.ok(server.requests.every(({ headers }) => headers.authorization === "Bearer key"));
});

test("an answer that does not come in time is asked for again", async (test) => {
  const { server, usage, waits } = await scene(
    test,
    (request, index) => (index === 0 ? new Promise(() => undefined) : allAccepted(request)),
    { timeoutMilliseconds: 100 },
  );
  await usage.trackAndWait("call", { customerId });
  assert.match(waits[0].error.message, /no answer in time/);
  assert.ok(server.requests.length >= 2);
});

test("a fetch that never settles is given up in time too", async (test) => {
  let tries = 0;
  const { usage, errors } = await scene(test, allAccepted, {
    timeoutMilliseconds: 10,
    fetch: () => ((tries += 1), new Promise(() => undefined)),
    retry: { forMilliseconds: 50, firstMilliseconds: 1, longestMilliseconds: 1 },
  });
  usage.track("call", { customerId });
  await usage.flush();
  assert.ok(tries > 1);
  assert.equal(errors.length, 1);
});
