import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const program = process.env["TALLYSTICK_PROGRAM"];
const startMilliseconds = 30_000;

/**
 * Starts the real server on a file of its own and a free port.
 *
 * @returns its `url`, and what stops it.
 */
export async function startServer({ flags = [], environment = {} } = {}) {
  if (!program) throw new Error("TALLYSTICK_PROGRAM must be the path of the built tallystick");
  const folder = mkdtempSync(join(tmpdir(), "tallystick-sdk-"));
  const portFile = join(folder, "port");
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith("TALLYSTICK_"));
  const child = spawn(
    program,
    ["serve", "--data", join(folder, "ledger.db"), "--port", "0", "--port-file", portFile, ...flags],
    { env: { ...Object.fromEntries(own), ...environment }, stdio: ["ignore", "ignore", "pipe"] },
  );
  const exit = once(child, "exit");
  let log = "";
  child.stderr.on("data", (text) => (log = (log + text).slice(-4_096)));
  const deadline = Date.now() + startMilliseconds;
  while (!existsSync(portFile) || readFileSync(portFile, "utf8").trim() === "") {
    if (child.exitCode !== null || Date.now() > deadline) {
      child.kill("SIGKILL");
      throw new Error(`${program} does not start:\n${log}`);
    }
    await pause(10);
  }
  return {
    url: `http://127.0.0.1:${readFileSync(portFile, "utf8").trim()}`,
    processId: child.pid,
    async stop() {
      child.kill("SIGTERM");
      await exit;
      rmSync(folder, { recursive: true });
    },
  };
}
