import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import { test } from "node:test";
import { Tallystick, verifyWebhook, WebhookError } from "tallystick";
import { startServer } from "./support/server.mjs";

// The example of the specification of Standard Webhooks.
const secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";
const body = '{"test": 2432232314}';
const headers = {
  "webhook-id": "msg_p5jXN8AQM9LWM0D4loKWxJek",
  "webhook-timestamp": "1614265330",
  "webhook-signature": "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=",
};
const now = 1_614_265_330_000;
const other = `whsec_${Buffer.from("another secret of the endpoint").toString("base64")}`;

const accepted = {
  "as it is": {},
  "bytes": { body: Buffer.from(body) },
  "Fetch headers": { headers: new Headers(headers) },
  "headers in capitals": {
    headers: Object.fromEntries(Object.entries(headers).map(([k, v]) => [k.toUpperCase(), v])),
  },
  "one of several signatures": {
    headers: {
      ...headers,
      "webhook-signature": `v1,AAAA v1a,BBBB v2,### ${headers["webhook-signature"]} v1,###`,
    },
  },
  "one of several secrets": { secret: [other, secret] },
  "a secret without its prefix": { secret: secret.slice("whsec_".length) },
  "five minutes old": { options: { now: now + 300_000 } },
  "five minutes ahead": { options: { now: now - 300_000 } },
  "as old as is allowed": { options: { now: now + 3_600_000, toleranceSeconds: 3_600 } },
};

for (const [name, row] of Object.entries(accepted)) {
  test(`believed: ${name}`, async () => {
    const message = await verifyWebhook(
      row.body ?? body, row.headers ?? headers, row.secret ?? secret, { now, ...row.options },
    );
    assert.deepEqual(message, { test: 2432232314 });
  });
}

const without = (name) => ({ headers: { ...headers, [name]: undefined } });
const withHeader = (name, value) => ({ headers: { ...headers, [name]: value } });

const refused = {
  "another body": { body: body.replace("4", "5") },
  "another id": withHeader("webhook-id", "msg_other"),
  "another timestamp": withHeader("webhook-timestamp", "1614265331"),
  "a timestamp that is none": withHeader("webhook-timestamp", "soon"),
  "no id": without("webhook-id"),
  "no timestamp": without("webhook-timestamp"),
  "no signature": without("webhook-signature"),
  "an empty signature": withHeader("webhook-signature", ""),
  "a part of the signature": withHeader("webhook-signature", "v1,g0hM9SsE+OTPJTGt"),
  "a signature of another version": withHeader(
    "webhook-signature", headers["webhook-signature"].replace("v1,", "v2,"),
  ),
  "another secret": { secret: other },
  "no secret": { secret: [] },
  "a secret that is none": { secret: "whsec_***" },
  "an empty secret": { secret: "whsec_" },
  "too old": { options: { now: now + 301_000 } },
  "too far ahead": { options: { now: now - 301_000 } },
};

for (const [name, row] of Object.entries(refused)) {
  test(`refused: ${name}`, async () => {
    const verdict = verifyWebhook(
      row.body ?? body, row.headers ?? headers, row.secret ?? secret, { now, ...row.options },
    );
    await assert.rejects(verdict, WebhookError);
  });
}

test("each secret's own signature is believed", async () => {
  const signed = (key) =>
    createHmac("sha256", Buffer.from(key.slice("whsec_".length), "base64"))
      .update(`id.${now / 1_000}.${body}`).digest("base64");
  const both = {
    "webhook-id": "id",
    "webhook-timestamp": `${now / 1_000}`,
    "webhook-signature": `v1,${signed(other)} v1,${signed(secret)}`,
  };
  for (const key of [secret, other]) await verifyWebhook(body, both, key, { now });
});

test("what the server sends is believed, also while two secrets are valid", async (test) => {
  const server = await startServer({ environment: { TALLYSTICK_WEBHOOK_ALLOW_LOOPBACK: "1" } });
  const usage = new Tallystick({ url: server.url });
  const received = [];
  const receiver = createServer(async (request, response) => {
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    received.push({ body: Buffer.concat(chunks), headers: request.headers });
    response.end();
  });
  receiver.listen(0, "127.0.0.1");
  await once(receiver, "listening");
  test.after(async () => {
    receiver.close();
    await usage.close();
    await server.stop();
  });

  const url = `http://127.0.0.1:${receiver.address().port}/hook`;
  const endpoint = { id: "books", url, eventTypes: ["*"], enabled: true };
  const { secret: first } = await usage.putWebhookEndpoint(endpoint);
  assert.equal((await usage.testWebhookEndpoint({ id: "books" })).state, "delivered");
  const { secret: second } = await usage.rotateWebhookSecret({ id: "books", overlap: "PT1H" });
  assert.equal((await usage.testWebhookEndpoint({ id: "books" })).state, "delivered");

  const [before, during] = received;
  const message = await verifyWebhook(before.body, before.headers, first);
  assert.equal(message.type, "webhook.test");
  assert.deepEqual(message.data, { endpointId: "books" });
  await assert.rejects(verifyWebhook(before.body, before.headers, second), WebhookError);
  for (const key of [first, second]) await verifyWebhook(during.body, during.headers, key);
});
