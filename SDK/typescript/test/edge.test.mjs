import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { webcrypto } from "node:crypto";
import { dirname, join } from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { createContext, runInContext } from "node:vm";
import { allAccepted, startScripted } from "./support/scripted.mjs";

const package_ = dirname(dirname(fileURLToPath(import.meta.url)));

// What every browser and edge worker has beside the language; no process, Buffer or require.
const web = {
  AbortController, Headers, TextDecoder, TextEncoder, URL, Uint8Array, atob, clearTimeout, console,
  crypto: webcrypto, fetch, setTimeout,
};

/** Loads the package's CommonJS files into a world that has nothing but `globals`. */
function load(globals) {
  const context = createContext({ ...globals });
  const modules = new Map();
  const require = (path) => {
    if (!modules.has(path)) {
      const module = { exports: {} };
      modules.set(path, module);
      const text = readFileSync(path, "utf8");
      const run = runInContext(`(function (exports, module, require) {${text}\n})`, context);
      run(module.exports, module, (name) => require(join(dirname(path), name)));
    }
    return modules.get(path).exports;
  };
  return { ...require(join(package_, "dist/cjs/index.js")), context };
}

async function deliver(globals, options = {}) {
  const server = await startScripted(allAccepted);
  const { Tallystick } = load(globals);
  const usage = new Tallystick({ url: server.url, ...options });
  usage.track("call", { customerId: "acme", properties: { units: "1" } });
  await usage.close();
  server.stop();
  return { usage, server };
}

test("fetch, crypto and timers are enough", async () => {
  const { usage } = await deliver(web);
  assert.equal(usage.counts.accepted, 1);
});

test("gzip is left out where the host cannot compress", async () => {
  const server = await startScripted(allAccepted);
  const { Tallystick } = load(web);
  const usage = new Tallystick({ url: server.url, gzip: true });
  for (let index = 0; index < 50; index += 1) usage.track("call", { customerId: "acme" });
  await usage.close();
  server.stop();
  assert.equal(server.requests[0].headers["content-encoding"], undefined);
  assert.equal(usage.counts.accepted, 50);
});

test("loading the package and making a client start nothing", () => {
  const forbidden = () => assert.fail("edge workers allow this in requests only");
  const crypto = { getRandomValues: forbidden };
  const { Tallystick } = load({ ...web, crypto, fetch: forbidden, setTimeout: forbidden });
  new Tallystick({ url: "https://billing.example.com" });
});

test("a page that is left sends what waits", async () => {
  const server = await startScripted(allAccepted);
  const listeners = [];
  const asked = [];
  const { Tallystick } = load({
    ...web,
    document: {},
    addEventListener: (name, action) => listeners.push({ name, action }),
    removeEventListener: (_, action) => assert.equal(action, listeners[0].action),
    fetch: (url, request) => (asked.push(request), fetch(url, request)),
  });
  const usage = new Tallystick({ url: server.url });
  usage.track("call", { customerId: "acme" });
  assert.deepEqual(listeners.map(({ name }) => name), ["pagehide"]);
  listeners[0].action();
  assert.equal(asked[0].keepalive, true, "the browser finishes it after the page is gone");
  await usage.close();
  server.stop();
  assert.equal(usage.counts.accepted, 1);
});
