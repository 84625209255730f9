import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { allAccepted, startScripted } from "./support/scripted.mjs";

const source = dirname(dirname(fileURLToPath(import.meta.url)));
let folder;

const run = (command, ...flags) =>
  execFileSync(command, flags, { cwd: folder, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

/** Compiles `test/types/usage.ts` under some names, as a consumer does. */
function compile(files, options) {
  for (const file of files) cpSync(join(source, "test/types/usage.ts"), join(folder, file));
  const compilerOptions = {
    strict: true, noEmit: true, target: "es2022", lib: ["es2022", "dom"], types: [], ...options,
  };
  writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files }));
  try {
    run("tsc");
  } catch (error) {
    assert.fail(error.stdout);
  }
}

before(() => {
  folder = mkdtempSync(join(tmpdir(), "tallystick-package-"));
  run("npm", "pack", source, "--ignore-scripts", "--silent");
  const [tarball] = readdirSync(folder);
  writeFileSync(join(folder, "package.json"), '{ "name": "consumer", "private": true }');
  run("npm", "install", "--offline", "--no-audit", "--no-fund", `./${tarball}`);
});

after(() => rmSync(folder, { recursive: true }));

test("the package brings nothing with it, and holds no tests", () => {
  const installed = join(folder, "node_modules");
  assert.deepEqual(readdirSync(installed).filter((name) => !name.startsWith(".")), ["tallystick"]);
  assert.deepEqual(readdirSync(join(installed, "tallystick")).sort(), [
    "LICENSE", "README.md", "dist", "package.json", "src",
  ]);
  const manifest = JSON.parse(readFileSync(join(installed, "tallystick/package.json"), "utf8"));
  assert.equal(manifest.dependencies, undefined);
});

const script = (load, url) => `
  ${load}
  const usage = new Tallystick({ url: "${url}" });
  usage.trackAndWait("call", { customerId: "acme" }).then(
    ({ status }) => console.log(status, typeof verifyWebhook));`;

const loads = {
  module: 'import { Tallystick, verifyWebhook } from "tallystick";',
  commonjs: 'const { Tallystick, verifyWebhook } = require("tallystick");',
};

for (const [kind, load] of Object.entries(loads)) {
  test(`it runs as ${kind}`, async (test) => {
    const server = await startScripted(allAccepted);
    test.after(() => server.stop());
    const { execFile } = await import("node:child_process");
    const output = await new Promise((resolve, reject) =>
      execFile(
        process.execPath, [`--input-type=${kind}`, "--eval", script(load, server.url)],
        { cwd: folder }, (error, text) => (error ? reject(error) : resolve(text)),
      ),
    );
    assert.equal(output, "accepted function\n");
  });
}

test("its types hold for modules, for CommonJS and for older resolution", () => {
  compile(["usage.mts", "usage.cts"], { module: "node16" });
  compile(["usage.ts"], {
    module: "es2022", moduleResolution: "node", exactOptionalPropertyTypes: true,
  });
});
