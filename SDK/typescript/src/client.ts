import { Batcher } from "./batcher.js";
import { Calls } from "./calls.js";
import type { UsageEvent } from "./contract.js";
import { ClosedError, TallystickError } from "./errors.js";
import { encode, utf8Length, type EventFields, type Property } from "./event.js";
import { Ingest, type Counts } from "./ingest.js";
import { settingsOf, type Settings, type TallystickOptions } from "./options.js";
import { startTimer, stopTimer, whenLeaving } from "./platform.js";
import type { Entry, Tracked } from "./queue.js";
import { Transport } from "./transport.js";

/** Any event names, with any properties. */
export type AnyEvents = { [eventName: string]: { [property: string]: Property } };

/** What `track` takes for one event name; `properties` may be left out if none is required. */
export type TrackedEvent<Properties> = {} extends Properties
  ? EventFields<Properties>
  : EventFields<Properties> & { properties: Properties };

/** How a flush ends where the server does not answer. */
export interface DrainOptions {
  /** What is not delivered by then is given up, and `onError` gets it. */
  timeoutMilliseconds?: number;
}

/** What a process that has nothing else to do waits for its last events. */
const leavingMilliseconds = 30_000;

/**
 * Tracks usage events, and calls the server's functions.
 *
 * @typeParam Events - your events: `{ api_request: { endpoint: string }; … }`.
 */
export class Tallystick<Events extends { [Name in keyof Events]: object } = AnyEvents>
  extends Calls
{
  readonly #settings: Settings;
  readonly #transport: Transport;
  readonly #ingest: Ingest;
  readonly #batcher: Batcher;
  readonly #unwatch: () => void;
  #isClosed = false;
  #silentUntil = 0;

  constructor(options: TallystickOptions) {
    const settings = settingsOf(options);
    const transport = new Transport(settings);
    super(transport);
    this.#settings = settings;
    this.#transport = transport;
    this.#ingest = new Ingest(transport, (error, events) => this.#report(error, events));
    this.#batcher = new Batcher(settings, this.#ingest);
    this.#unwatch = whenLeaving(() => {
      if (this.#batcher.queued + this.#batcher.underWay > 0) {
        void this.flush({ timeoutMilliseconds: leavingMilliseconds });
      }
    });
  }

  /**
   * Queues an event; it is sent soon, and billed once however often it has to be sent.
   *
   * It never throws. What cannot be billed goes to `onError`.
   *
   * @returns with `whenFull` as `"block"`, a promise to await while the queue has no place for it.
   */
  track<Name extends keyof Events & string>(
    eventName: Name, event: TrackedEvent<Events[Name]>,
  ): Promise<void> | undefined {
    try {
      return this.#add(entryOf(eventName, event));
    } catch (error) {
      this.#ingest.counts.lost += 1;
      this.#report(error as TallystickError, []);
      return undefined;
    }
  }

  /**
   * Sends an event at once, with those that wait, and resolves when it is on the server's disk.
   *
   * @throws the event's own error: RejectedError, ConflictError, RefusedError and so on.
   */
  trackAndWait<Name extends keyof Events & string>(
    eventName: Name, event: TrackedEvent<Events[Name]>,
  ): Promise<Tracked> {
    return new Promise((resolve, reject) => {
      const settle = (fate: Tracked | TallystickError) =>
        fate instanceof TallystickError ? reject(fate) : resolve(fate);
      void this.#add({ ...entryOf(eventName, event), settle });
      this.#batcher.sendNow();
    });
  }

  /** Sends what waits. Resolves once the fate of every event tracked so far is known. */
  async flush({ timeoutMilliseconds }: DrainOptions = {}): Promise<void> {
    // The timer also keeps the process alive: waits between tries do not.
    const timer = startTimer(timeoutMilliseconds ?? Infinity, () => {
      if (timeoutMilliseconds !== undefined) this.#transport.abandon();
    });
    try {
      await this.#batcher.flush();
    } finally {
      stopTimer(timer);
      this.#transport.resume();
    }
  }

  /** Takes no more events, and flushes. */
  async close(options?: DrainOptions): Promise<void> {
    this.#isClosed = true;
    this.#unwatch();
    await this.flush(options);
  }

  /** How many events wait in the queue. */
  get queued(): number {
    return this.#batcher.queued;
  }

  /** How many events came to what. */
  get counts(): Readonly<Counts> {
    return { ...this.#ingest.counts };
  }

  #add(entry: Entry): Promise<void> | undefined {
    if (!this.#isClosed) return this.#batcher.add(entry);
    this.#ingest.fail([entry], new ClosedError("an event came after close()"));
    return undefined;
  }

  #report(error: TallystickError, events: readonly UsageEvent[]): void {
    const { onError } = this.#settings;
    if (onError) return onError(error, events);
    if (Date.now() < this.#silentUntil) return;
    this.#silentUntil = Date.now() + 1_000;
    console.error(`tallystick: ${error.name}: ${error.message} (${this.#ingest.counts.lost} lost)`);
  }
}

function entryOf(eventName: string, fields: EventFields<object>): Entry {
  const text = encode(eventName, fields);
  return { text, bytes: utf8Length(text) + 1 };
}
