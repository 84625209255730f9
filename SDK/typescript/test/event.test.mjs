import assert from "node:assert/strict";
import { test } from "node:test";
import { lendCrypto } from "../dist/esm/platform.js";
import { utf8Length } from "../dist/esm/event.js";
import { uuidv7 } from "../dist/esm/uuid.js";
import { webcrypto } from "node:crypto";

lendCrypto(webcrypto);

test("a UUIDv7 carries its instant, version and variant", () => {
  const instant = Date.UTC(2026, 0, 15, 12);
  const id = uuidv7(instant);
  assert.match(id, /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
  assert.equal(parseInt(id.slice(0, 8) + id.slice(9, 13), 16), instant);
  assert.ok(uuidv7(instant) < uuidv7(instant + 1));
});

test("no two of 200,000 UUIDs of one millisecond are the same, and every bit varies", () => {
  const ids = new Set();
  let ones = 0n;
  let zeros = 0n;
  const all = (1n << 128n) - 1n;
  for (let index = 0; index < 200_000; index += 1) {
    const id = uuidv7(0);
    ids.add(id);
    const bits = BigInt(`0x${id.replaceAll("-", "")}`);
    ones |= bits;
    zeros |= all ^ bits;
  }
  assert.equal(ids.size, 200_000);
  const varying = (ones & zeros).toString(2).replaceAll("0", "").length;
  assert.equal(varying, 74);
});

test("a length in UTF-8 is what it takes", () => {
  for (const text of ["", "abc", "é", "€uro", "𝄞𝄞", "aé€𝄞", "\u07ff\u0800\uffff", "x".repeat(999)]) {
    assert.equal(utf8Length(text), Buffer.byteLength(text), text);
  }
});
