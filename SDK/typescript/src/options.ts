import type { TallystickError } from "./errors.js";
import type { UsageEvent } from "./contract.js";

export interface TallystickOptions {
  /** Where the server is, for example `https://billing.example.com`. */
  url: string | URL;
  /** Sent as `Authorization: Bearer`. */
  apiKey?: string;
  /** A batch is sent once it has this many events or bytes, or its first event waited this long. */
  batch?: { events?: number; bytes?: number; milliseconds?: number };
  /**
   * How many events, and bytes of them, may wait to be sent; and what becomes of one too many.
   * With `"block"`, `waitingBytes` more of them may wait for a place.
   */
  queue?: { events?: number; bytes?: number; whenFull?: WhenFull; waitingBytes?: number };
  /**
   * How long a batch is tried, and the waits between: drawn from 0 to `firstMilliseconds`, twice
   * that the next time, and so on up to `longestMilliseconds`.
   */
  retry?: { forMilliseconds?: number; firstMilliseconds?: number; longestMilliseconds?: number };
  /** How many batches may be under way at once. */
  concurrency?: number;
  /** How long an answer may take. */
  timeoutMilliseconds?: number;
  /** Compresses bodies of a KiB and more, where the host can and the server takes it. */
  gzip?: boolean;
  /**
   * Told of every event that will not be billed, and why. Without it, a line on the console says
   * so, one a second at most.
   */
  onError?: (error: TallystickError, events: readonly UsageEvent[]) => void;
  /** Told of every failed try that will be repeated. */
  onRetry?: (error: TallystickError, waitMilliseconds: number) => void;
  /** Takes the place of the host's own. */
  fetch?: typeof fetch;
}

/**
 * What a full queue does with one event more: drops the oldest, drops this one, or keeps it and
 * has `track` return a promise of a place for it. `track` cannot know who awaits that: an event is
 * dropped only where `waitingBytes` beyond the queue wait already. Callers who await come to that
 * only where so many of them wait at once.
 */
export type WhenFull = "drop-oldest" | "drop-newest" | "block";

/** The options with everything that was not said. */
export type Settings = ReturnType<typeof settingsOf>;

/** The most that the server takes in one request, less what stands around the events. */
const most = { events: 10_000, bytes: 8 * 1024 * 1024 - 16 };

/** Reads the options. Throws where one makes no sense, so that no event has to. */
export function settingsOf(options: TallystickOptions) {
  const url = new URL(options.url);
  if (!/^https?:$/.test(url.protocol)) throw new TypeError(`${url} is not of http or https`);
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (options.apiKey !== undefined) headers["authorization"] = `Bearer ${options.apiKey}`;
  new Headers(headers); // throws for a key that cannot be sent
  const { batch = {}, retry = {} } = options;
  const queue = {
    events: within("queue.events", options.queue?.events ?? 100_000, 1),
    bytes: within("queue.bytes", options.queue?.bytes ?? 64 * 1024 * 1024, 1),
    whenFull: options.queue?.whenFull ?? "drop-oldest",
    waitingBytes: within("queue.waitingBytes", options.queue?.waitingBytes ?? 64 * 1024 * 1024, 0),
  };
  return {
    base: `${url.origin}${url.pathname.replace(/\/+$/, "")}/functions/`,
    headers,
    batch: {
      events: within("batch.events", batch.events ?? 1_000, 1, most.events),
      bytes: within("batch.bytes", batch.bytes ?? 512 * 1024, 1, most.bytes),
      milliseconds: within("batch.milliseconds", batch.milliseconds ?? 1_000, 0),
    },
    queue,
    retry: {
      forMilliseconds: within("retry.forMilliseconds", retry.forMilliseconds ?? 3_600_000, 0),
      firstMilliseconds: within("retry.firstMilliseconds", retry.firstMilliseconds ?? 200, 1),
      longestMilliseconds: within("retry.longestMilliseconds", retry.longestMilliseconds ?? 30_000, 1),
    },
    concurrency: within("concurrency", options.concurrency ?? 4, 1, 64),
    timeoutMilliseconds: within("timeoutMilliseconds", options.timeoutMilliseconds ?? 30_000, 1),
    gzip: options.gzip ?? false,
    onError: options.onError && shielded(options.onError),
    onRetry: options.onRetry && shielded(options.onRetry),
    fetch: options.fetch ?? ((...request: Parameters<typeof fetch>) => fetch(...request)),
  };
}

function within(name: string, value: number, least: number, greatest = Infinity): number {
  if (value >= least && value <= greatest) return value;
  throw new RangeError(`${name} is ${value}, and not between ${least} and ${greatest}`);
}

/** A hook whose own failure changes nothing. */
function shielded<Input extends unknown[]>(hook: (...input: Input) => void) {
  return (...input: Input): void => {
    try {
      hook(...input);
    } catch (error) {
      console.error("tallystick: a hook failed:", error);
    }
  };
}
