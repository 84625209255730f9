// What a host may have beyond `fetch` and timers. Nothing is touched while modules load: edge
// workers allow neither random numbers nor timers there.

interface Host {
  readonly crypto?: Crypto;
  readonly performance?: { now(): number };
  readonly process?: { readonly on?: Listen; readonly off?: Listen };
  readonly document?: unknown;
  readonly addEventListener?: Listen;
  readonly removeEventListener?: Listen;
  readonly CompressionStream?: new (format: "gzip") => ReadableWritablePair<Uint8Array, Uint8Array>;
}

type Listen = (name: string, action: () => void) => unknown;

const host = globalThis as unknown as Host;

let lentCrypto: Crypto | undefined;

/** Gives Web Crypto to a host that does not have it as a global. */
export function lendCrypto(crypto: Crypto): void {
  lentCrypto = crypto;
}

/** The host's Web Crypto. */
export function webCrypto(): Crypto {
  const crypto = host.crypto ?? lentCrypto;
  if (!crypto) throw new Error("this host has no Web Crypto (globalThis.crypto)");
  return crypto;
}

/** Whether the host is a page, which may go away at any time. */
export const isPage = (): boolean => host.document !== undefined;

/** Milliseconds on a clock that no one sets, where the host has one. */
export const monotonicMilliseconds = (): number => host.performance?.now() ?? Date.now();

/** The longest that a timer can wait; a longer one would fire at once. */
const longestTimer = 2 ** 31 - 1;

/** Starts a timer. */
export function startTimer(milliseconds: number, action: () => void): Timer {
  return setTimeout(action, Math.min(milliseconds, longestTimer));
}

/** Starts a timer that keeps no Node process alive. */
export function startIdleTimer(milliseconds: number, action: () => void): Timer {
  const timer = startTimer(milliseconds, action);
  (timer as { unref?: () => void }).unref?.();
  return timer;
}

export type Timer = ReturnType<typeof setTimeout> | { unref?: () => void };

export const stopTimer = (timer: Timer | undefined): void =>
  clearTimeout(timer as ReturnType<typeof setTimeout> | undefined);

/** Waits; a signal that aborts ends it early. */
export function sleep(
  milliseconds: number, signal: AbortSignal, start: typeof startTimer,
): Promise<void> {
  return new Promise((resolve) => {
    const wake = () => {
      stopTimer(timer);
      signal.removeEventListener("abort", wake);
      resolve();
    };
    const timer = start(signal.aborted ? 0 : milliseconds, wake);
    signal.addEventListener("abort", wake);
  });
}

/**
 * Calls `action` as a Node process runs out of work, or as a page is left.
 *
 * @returns what undoes that.
 */
export function whenLeaving(action: () => void): () => void {
  const { process, document } = host;
  if (typeof process?.on === "function" && typeof process.off === "function") {
    process.on("beforeExit", action);
    return () => void process.off?.("beforeExit", action);
  }
  if (document === undefined) return () => undefined;
  host.addEventListener?.("pagehide", action);
  return () => void host.removeEventListener?.("pagehide", action);
}

/** The text as gzip, or as it is where the host cannot compress. */
export async function gzipped(text: string): Promise<Uint8Array | string> {
  if (!host.CompressionStream) return text;
  const stream = new Blob([text]).stream() as ReadableStream<Uint8Array>;
  const packed = stream.pipeThrough(new host.CompressionStream("gzip"));
  return new Uint8Array(await new Response(packed).arrayBuffer());
}
