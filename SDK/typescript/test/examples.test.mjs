import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { startServer } from "./support/server.mjs";

/** What each example prints, reckoned by hand. */
const invoices = {
  // 400 + 150 + 80 + 20 = 650 requests; the 25 that failed with 503 are free.
  // 100 × 0 + 400 × 0.002 + 150 × 0.001 = 0.80 + 0.15 = 0.95
  // 80 × 0.005 = 0.40 (the 20 of 422 wrote nothing); 150 × 0.01 = 1.50
  "api-metering": `Acme Inc, 2026-01-01T00:00:00Z to 2026-02-01T00:00:00Z
  Requests: 650 for 0.95 USD
    /v1/items GET 200: 400
    /v1/search GET 200: 150
    /v1/items POST 201: 80
    /v1/items POST 422: 20
  Writes: 80 for 0.40 USD
  Searches: 150 for 1.50 USD
  Total: 2.85 USD
`,
  // 2 machines × 31 days × 24 h = 1,488 h × 0.045 = 66.96; 10 × 24 = 240 h × 0.04 = 9.60
  // 31 × 12,000 = 372,000 and 31 × 2,412 = 74,772: 446,772 GB h / 744 = 600.5 × 0.02 = 12.01
  // 31 × 40.25 = 1,247.75 and 31 × 10.5 = 325.5: 1,573.25 GB, of which 100 are included;
  // 900 × 0.08 + 573.25 × 0.05 = 72 + 28.6625 = 100.6625, rounded 100.66
  "cloud-regions": `Zuse AG, 2025-12-31T23:00:00Z to 2026-01-31T23:00:00Z
  Compute in Europe: 1488 for 66.96 EUR
  Compute in the USA: 240 for 9.60 EUR
  Storage: 446772 for 12.01 EUR
    eu-west: 372000
    us-east: 74772
  Bandwidth: 1573.25 for 100.66 EUR
    eu-west: 1247.75
    us-east: 325.5
  Total: 189.23 EUR
`,
  // 10.00: 0.29 + 0.30 = 0.59; 5.00: 0.145 + 0.30 = 0.445, at least 0.50;
  // 99.95: 2.89855 + 0.30 = 3.19855; 1,000: 29 + 0.30 = 29.30, at most 25; 0.99: 0.32871, so 0.50
  // 0.59 + 0.50 + 3.19855 + 25 + 0.50 = 29.78855, rounded 29.79; 3 × 0.25 = 0.75
  payments: `pay_3 again: duplicate
Book Shop, 2026-01-01T05:00:00Z to 2026-02-01T05:00:00Z
  Card payments: 1115.94 for 29.79 USD
  Payouts: 3 for 0.75 USD
  Total: 30.54 USD
`,
  // 72 users, of which 10 are included; 62 stand in the second tier: 62 × 0.08 = 4.96
  // Who came from both platforms counts once in all, and once in each group.
  "active-users": `Game Club, 2026-01-01T00:00:00Z to 2026-02-01T00:00:00Z
  Monthly active users: 72 for 4.96 USD
    web: 72
    ios: 24
  Total: 4.96 USD
`,
};

const examples = new URL("../examples/", import.meta.url);

for (const [name, invoice] of Object.entries(invoices)) {
  test(`the example ${name} prints this invoice`, async () => {
    const path = (file) => fileURLToPath(new URL(`${name}/${file}`, examples));
    const server = await startServer({
      flags: ["--clock", "2026-01-31T12:00:00Z", "--catalog", path("catalog.yaml")],
    });
    try {
      const { stdout } = await promisify(execFile)(process.execPath, [path("main.mjs")], {
        env: { ...process.env, TALLYSTICK_URL: server.url },
      });
      assert.equal(stdout, invoice);
    } finally {
      await server.stop();
    }
  });
}
