import { Tallystick } from "tallystick";
import { startScripted } from "./scripted.mjs";

/** A client of a scripted server; `errors` and `waits` are what its hooks were told. */
export async function scene(test, answer, options = {}) {
  const server = await startScripted(answer);
  const errors = [];
  const waits = [];
  const usage = new Tallystick({
    url: server.url,
    retry: { firstMilliseconds: 1, longestMilliseconds: 2 },
    onError: (error, events) => errors.push({ error, events }),
    onRetry: (error, wait) => waits.push({ error, wait }),
    ...options,
  });
  test.after(async () => {
    await usage.close({ timeoutMilliseconds: 0 });
    server.stop();
  });
  return { server, usage, errors, waits };
}

/** The ids of a request's events. */
export const idsOf = (request) => request.body.events.map((event) => event.customerEventId);
