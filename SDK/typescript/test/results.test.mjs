import assert from "node:assert/strict";
import { test } from "node:test";
import { ConflictError, InvalidEventError, RejectedError, Tallystick } from "tallystick";
import { idsOf, scene } from "./support/scene.mjs";
import { allAccepted, deferred } from "./support/scripted.mjs";

const customerId = "acme";

test("each event of a batch gets its own result", async (test) => {
  const held = deferred();
  const late = [{ subscriptionId: "s", policy: "nextPeriod", period: null }];
  const results = [
    { index: 1, customerEventId: "late", status: "accepted", late },
    { index: 2, customerEventId: "twice", status: "duplicate" },
    { index: 3, customerEventId: "other", status: "conflict", error: "another content" },
    { index: 4, customerEventId: "bad", status: "rejected", error: "/timestamp is odd" },
    { index: 5, customerEventId: "other-2", status: "conflict", error: "another content" },
    { index: 6, customerEventId: "bad-2", status: "rejected", error: "/timestamp is odd" },
  ];
  const { usage, errors } = await scene(
    test,
    async (request) => {
      if (request.body.events.length === 1) return await held.promise, allAccepted(request);
      return {
        body: { accepted: 2, duplicates: 1, conflicts: 2, rejected: 2, unbilled: 1, results },
      };
    },
    { concurrency: 1 },
  );
  const first = usage.trackAndWait("call", { customerId }); // while it is held, the others gather
  const [plain, lateOne, twice, other, bad] = ["plain", "late", "twice", "other", "bad"].map(
    (customerEventId) => usage.trackAndWait("call", { customerId, customerEventId }),
  );
  usage.track("call", { customerId, customerEventId: "other-2" });
  usage.track("call", { customerId, customerEventId: "bad-2" });
  held.resolve();

  assert.equal((await first).status, "accepted");
  assert.deepEqual(await plain, { customerEventId: "plain", status: "accepted" });
  assert.deepEqual(await lateOne, { customerEventId: "late", status: "accepted", late });
  assert.deepEqual(await twice, { customerEventId: "twice", status: "duplicate" });
  await assert.rejects(other, (error) => {
    assert.ok(error instanceof ConflictError);
    assert.equal(error.event.customerEventId, "other");
    return true;
  });
  await assert.rejects(bad, RejectedError);
  await usage.flush();
  assert.deepEqual(
    errors.map(({ error, events }) => [error.code, error.message, events[0].customerEventId]),
    [["conflict", "another content", "other-2"], ["rejected", "/timestamp is odd", "bad-2"]],
  );
  assert.deepEqual(
    usage.counts,
    { accepted: 3, duplicates: 1, conflicts: 2, rejected: 2, unbilled: 1, lost: 0 },
  );
});

for (const status of [400, 413, 422]) {
  test(`a body that answers ${status} is halved until the event to blame is alone`, async (test) => {
    const { server, usage, errors } = await scene(test, (request) =>
      idsOf(request).some((id) => id === "e-13" || id === "e-77")
        ? { status, body: { title: "No", detail: "not this" } }
        : allAccepted(request),
    );
    for (let index = 0; index < 100; index += 1) {
      usage.track("call", { customerId, customerEventId: `e-${index}` });
    }
    await usage.flush();
    assert.deepEqual(errors.map(({ events }) => events.map((event) => event.customerEventId)), [
      ["e-13"], ["e-77"],
    ]);
    assert.equal(usage.counts.accepted, 98);
    assert.equal(usage.counts.lost, 2);
    assert.ok(server.requests.length < 30, `${server.requests.length} requests`);
  });
}

test("properties are sent exactly, or not at all", async (test) => {
  const { server, usage, errors } = await scene(test, allAccepted);
  const day = new Date(Date.UTC(2026, 0, 2));
  const properties = { tokens: 2n ** 70n, nested: { of: [1n, day] }, none: undefined, nil: null };
  usage.track("call", { customerId, properties, timestamp: day });
  const circular = {};
  circular.self = circular;
  for (const wrong of [{ units: NaN }, { deep: [{ units: -Infinity }] }, circular]) {
    usage.track("call", { customerId, properties: wrong });
  }
  usage.track("call");
  await assert.rejects(
    usage.trackAndWait("call", { customerId, properties: { units: NaN } }), InvalidEventError,
  );
  await usage.flush();
  const [event] = server.requests[0].body.events;
  assert.equal(event.timestamp, "2026-01-02T00:00:00.000Z");
  assert.deepEqual(event.properties, {
    tokens: "1180591620717411303424",
    nested: { of: ["1", "2026-01-02T00:00:00.000Z"] },
    nil: null,
  });
  assert.ok(errors.every(({ error }) => error instanceof InvalidEventError));
  assert.equal(errors.length, 4);
  assert.match(errors[0].error.message, /"units" is NaN/);
});

test("a hook that fails changes nothing", async (test) => {
  const complaints = test.mock.method(console, "error", () => undefined);
  const fails = () => {
    throw new Error("of the hook's own");
  };
  const { usage } = await scene(
    test,
    (request, index) => (index === 1 ? allAccepted(request) : { status: [503, 0, 403][index] }),
    { onError: fails, onRetry: fails },
  );
  assert.equal((await usage.trackAndWait("call", { customerId })).status, "accepted");
  usage.track("call", { customerId });
  await usage.flush();
  assert.equal(usage.counts.lost, 1);
  assert.equal(complaints.mock.callCount(), 2);
});

test("without a hook, the console says what is lost, once a second", async (test) => {
  const complaints = test.mock.method(console, "error", () => undefined);
  const { usage } = await scene(test, () => ({ status: 403 }), {
    onError: undefined, batch: { events: 1 },
  });
  for (let index = 0; index < 10; index += 1) usage.track("call", { customerId });
  await usage.flush();
  assert.equal(usage.counts.lost, 10);
  assert.equal(complaints.mock.callCount(), 1);
  assert.match(complaints.mock.calls[0].arguments[0], /RefusedError: the server answered 403/);
});

test("options that make no sense are refused at once", async (test) => {
  const { server } = await scene(test, allAccepted);
  const wrong = [
    { url: "billing.example.com" },
    { url: "billing.example.com:8080" },
    { url: server.url, apiKey: "two\nlines" },
    { url: server.url, batch: { events: 0 } },
    { url: server.url, batch: { events: 10_001 } },
    { url: server.url, queue: { bytes: NaN } },
    { url: server.url, concurrency: -1 },
  ];
  for (const options of wrong) assert.throws(() => new Tallystick(options));
  assert.throws(() => new Tallystick(wrong[3]), /batch.events is 0, and not between 1 and 10000/);
});
