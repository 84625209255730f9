import { RefusedError, TallystickError, UnreachableError } from "./errors.js";
import type { Problem } from "./values.js";
import type { Settings } from "./options.js";
import {
  gzipped, isPage, monotonicMilliseconds, sleep, startIdleTimer, startTimer, stopTimer,
} from "./platform.js";

/** How one request is made. */
export interface Manner {
  /** Another try may not do more than the first: true where nothing is said. */
  repeatable?: boolean;
  /** Nobody waits for this one request: `abandon` ends it, and a wait lets the process end. */
  isBackground?: boolean;
  /** How long it is tried. */
  forMilliseconds?: number;
  /** Whether a value is an answer of the server's. */
  isAnswer?: (value: unknown) => boolean;
}

/** A server that asks for more is asked again after this. */
const longestRetryAfterMilliseconds = 300_000;

/** What is smaller is not worth compressing. */
const leastGzippedCharacters = 1_024;

/** What a page may still send as it goes away; four of them come to the browser's limit. */
const mostKeptAliveBytes = 16_000;

/** Makes requests, and makes them again as long as that can help. */
export class Transport {
  readonly #settings: Settings;
  /** Before this instant the server wants no requests, as this refusal said. */
  #pause: { until: number; refusal: RefusedError } | undefined;
  #abandon = new AbortController();

  constructor(settings: Settings) {
    this.#settings = settings;
  }

  /** Ends every background request, and each that comes, until `resume`. */
  abandon(): void {
    this.#abandon.abort();
  }

  resume(): void {
    if (this.#abandon.signal.aborted) this.#abandon = new AbortController();
  }

  /** Calls a function with a body, and again until it answers or there is no use. */
  async post(name: string, text: string, manner: Manner): Promise<unknown> {
    const { gzip, retry, onRetry } = this.#settings;
    const { signal } = manner.isBackground ? this.#abandon : new AbortController();
    const body = gzip && text.length >= leastGzippedCharacters ? await gzipped(text) : text;
    const until = monotonicMilliseconds() + (manner.forMilliseconds ?? retry.forMilliseconds);
    const start = manner.isBackground ? startIdleTimer : startTimer;
    for (let failures = 0; ; ) {
      const pause = this.#pause;
      if (pause && pause.until > until) throw pause.refusal;
      const rest = (pause?.until ?? 0) - monotonicMilliseconds();
      if (rest > 0) await sleep(rest, signal, start);
      try {
        return await this.#try(name, body, manner, signal);
      } catch (error) {
        if (!(error instanceof TallystickError) || !mayHelp(error, manner)) throw error;
        const wait = this.#wait(error, failures);
        failures += 1;
        if (signal.aborted || monotonicMilliseconds() + wait > until) throw error;
        onRetry?.(error, wait);
        await sleep(wait, signal, start);
      }
    }
  }

  /** How long to wait after a failure: full jitter, and no less than the server asks for. */
  #wait(error: TallystickError, failures: number): number {
    const { firstMilliseconds, longestMilliseconds } = this.#settings.retry;
    const backOff = Math.min(firstMilliseconds * 2 ** failures, longestMilliseconds);
    const jitter = Math.random() * backOff;
    if (!(error instanceof RefusedError) || !error.retryAfterMilliseconds) return jitter;
    const asked = Math.min(error.retryAfterMilliseconds, longestRetryAfterMilliseconds);
    const until = monotonicMilliseconds() + asked;
    if (until > (this.#pause?.until ?? 0)) this.#pause = { until, refusal: error };
    return asked + jitter;
  }

  /** Makes one request; whatever comes of it comes within the timeout. */
  async #try(
    name: string, body: string | Uint8Array, manner: Manner, abandoned: AbortSignal,
  ): Promise<unknown> {
    const { base, timeoutMilliseconds } = this.#settings;
    const attempt = new AbortController();
    let end = (_reason: Error): void => undefined;
    // Not every fetch keeps to its signal: one of Node 18 may wait for 300 s all the same.
    const ended = new Promise<never>((_, reject) => {
      end = (reason) => (attempt.abort(), reject(reason));
    });
    const abandon = () => end(new Error("the client was told to give up"));
    const timer = startTimer(timeoutMilliseconds, () => end(new Error("no answer in time")));
    abandoned.addEventListener("abort", abandon);
    try {
      if (abandoned.aborted) abandon();
      return await Promise.race([ended, this.#exchange(name, body, manner, attempt.signal)]);
    } catch (cause) {
      if (cause instanceof TallystickError) throw cause;
      throw new UnreachableError(`${base}${name} cannot be reached: ${cause}`, { cause });
    } finally {
      stopTimer(timer);
      abandoned.removeEventListener("abort", abandon);
    }
  }

  async #exchange(
    name: string, body: string | Uint8Array, manner: Manner, signal: AbortSignal,
  ): Promise<unknown> {
    const { base, headers, fetch } = this.#settings;
    const response = await fetch(base + encodeURIComponent(name), {
      method: "POST",
      headers: typeof body === "string" ? headers : { ...headers, "content-encoding": "gzip" },
      body,
      signal,
      redirect: "manual",
      ...(isPage() && body.length <= mostKeptAliveBytes && { keepalive: true }),
    });
    const text = await response.text();
    if (!response.ok) throw refusal(response, text);
    const value: unknown = JSON.parse(text);
    if (manner.isAnswer && !manner.isAnswer(value)) {
      throw new Error("something else than the server answered");
    }
    return value;
  }
}

/** Whether another try can come to something else, without doing twice what must be done once. */
function mayHelp(error: TallystickError, { repeatable = true }: Manner): boolean {
  if (!(error instanceof RefusedError)) return repeatable;
  const { status } = error;
  return status === 429 || (repeatable && (status === 408 || status >= 500));
}

function refusal(response: Response, text: string): RefusedError {
  const retryAfter = retryAfterMilliseconds(response.headers.get("retry-after"), Date.now());
  return new RefusedError(response.status, problem(text), retryAfter);
}

function problem(text: string): Problem | undefined {
  try {
    const value = JSON.parse(text) as Problem | null;
    return typeof value?.title === "string" ? value : undefined;
  } catch {
    return undefined;
  }
}

/** Reads `Retry-After`: seconds, or a date. */
export function retryAfterMilliseconds(header: string | null, now: number): number | undefined {
  if (header === null) return undefined;
  if (/^\s*\d+\s*$/.test(header)) return Number(header) * 1_000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
