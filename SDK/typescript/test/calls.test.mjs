import assert from "node:assert/strict";
import { test } from "node:test";
import { RefusedError, Tallystick, UnreachableError } from "tallystick";
import { scene } from "./support/scene.mjs";

test("each function has a method, and any can be called by name", async (test) => {
  const { server, usage } = await scene(test, ({ url, body }) => ({ body: { url, body } }));
  assert.deepEqual(await usage.getInvoice({ id: "i-1" }), {
    url: "/functions/getInvoice", body: { id: "i-1" },
  });
  assert.deepEqual(await usage.getCatalog(), { url: "/functions/getCatalog", body: {} });
  assert.deepEqual(await usage.call("not yet/known", { a: 1 }), {
    url: "/functions/not%20yet%2Fknown", body: { a: 1 },
  });
  assert.equal(server.requests.length, 3);
});

test("the server's own path stays in front", async (test) => {
  const { server } = await scene(test, ({ url }) => ({ body: { url } }));
  const prefixed = new Tallystick({ url: `${server.url}/billing/` });
  test.after(() => prefixed.close());
  assert.equal((await prefixed.getCatalog()).url, "/billing/functions/getCatalog");
});

test("a problem is an error with the fields to blame", async (test) => {
  const problem = {
    type: "urn:tallystick:problem:unprocessable", title: "Values without meaning", status: 422,
    detail: "see errors", errors: [{ pointer: "/at", detail: "is no instant" }],
  };
  const { usage } = await scene(test, () => ({ status: 422, body: problem }));
  await assert.rejects(usage.queryUsage({ subscriptionId: "s", at: "?" }), (error) => {
    assert.ok(error instanceof RefusedError);
    assert.deepEqual(error.problem, problem);
    assert.equal(error.message, "/at is no instant");
    return true;
  });
});

const outcomes = { lost: undefined, 500: { status: 500 }, 503: { status: 503 } };

for (const [name, outcome] of Object.entries(outcomes)) {
  test(`an answer that is ${name} is asked for again, unless that could do twice`, async (test) => {
    const answer = (_, index) => (index % 2 === 0 ? outcome : { body: { id: "hook" } });
    const { server, usage } = await scene(test, answer);
    await usage.getInvoice({ id: "i" });
    assert.equal(server.requests.length, 2);
    const error = outcome ? RefusedError : UnreachableError;
    await assert.rejects(usage.rotateWebhookSecret({ id: "hook" }), error);
    assert.equal(server.requests.length, 3);
  });
}

test("a 429 was not carried out, so anything may be asked again", async (test) => {
  const { server, usage } = await scene(test, (_, index) =>
    index === 0 ? { status: 429 } : { body: { id: "hook", secret: "whsec_" } },
  );
  await usage.rotateWebhookSecret({ id: "hook" });
  assert.equal(server.requests.length, 2);
});
