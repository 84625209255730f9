import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import { test } from "node:test";
import { allAccepted, startScripted } from "./support/scripted.mjs";

/** Runs a script that has `usage`, a client of `url`; gives its exit code and what it wrote. */
async function run(url, options, script, flags = []) {
  const source = `
    import { Tallystick } from "tallystick";
    const usage = new Tallystick({ url: "${url}", ...${JSON.stringify(options)} });
    ${script}`;
  const child = spawn(process.execPath, [...flags, "--input-type=module", "--eval", source], {
    cwd: import.meta.dirname ?? new URL(".", import.meta.url).pathname,
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  child.stdout.on("data", (text) => (output += text));
  child.stderr.on("data", (text) => (output += text));
  const [code] = await once(child, "close");
  return { code, output };
}

const slow = { batch: { milliseconds: 3_600_000 } };

test("a process that ends delivers its events first", async (test) => {
  const server = await startScripted((request, index) =>
    index < 3 ? { status: 503 } : allAccepted(request),
  );
  test.after(() => server.stop());
  const { code, output } = await run(server.url, slow, `
    for (let index = 0; index < 10; index += 1) usage.track("call", { customerId: "acme" });
  `);
  assert.equal(output, "");
  assert.equal(code, 0);
  assert.equal(server.requests.length, 4);
  assert.equal(server.requests[3].body.events.length, 10);
});

test("a client with nothing to send lets its process end", async () => {
  const { code } = await run("http://127.0.0.1:1", slow, "");
  assert.equal(code, 0);
});

test("close keeps a process alive for as long as it takes", async (test) => {
  const server = await startScripted((request, index) =>
    index < 3 ? undefined : allAccepted(request),
  );
  test.after(() => server.stop());
  const { output } = await run(server.url, slow, `
    usage.track("call", { customerId: "acme" });
    await usage.close();
    console.log(usage.counts.accepted);
  `);
  assert.equal(output, "1\n");
});

test("events for a server that is down, 200 MB of them, stay in 64 MiB", async () => {
  const options = { queue: { bytes: 8 * 1024 * 1024 }, retry: { firstMilliseconds: 5 } };
  const script = `
    let told = 0;
    const down = new Tallystick({ ...${JSON.stringify(options)}, url: "http://127.0.0.1:1",
      onError: (error, events) => (told += events.length) });
    const text = "-".repeat(500);
    for (let index = 0; index < 300_000; index += 1) {
      down.track("call", { customerId: "acme", properties: { text, index } });
      if (index % 1_000 === 0) await new Promise(setImmediate);
    }
    await down.close({ timeoutMilliseconds: 0 });
    console.log(told, down.counts.lost);
  `;
  const { code, output } = await run("http://127.0.0.1:1", {}, script, ["--max-old-space-size=64"]);
  assert.equal(output, "300000 300000\n");
  assert.equal(code, 0);
});
