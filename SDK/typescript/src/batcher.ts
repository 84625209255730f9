import { QueueFullError, type TallystickError } from "./errors.js";
import type { Settings } from "./options.js";
import { startIdleTimer, stopTimer, type Timer } from "./platform.js";
import { EventQueue, type Entry } from "./queue.js";

/** Where a batcher's events go. */
export interface Outlet {
  /** Settles a batch; it never throws. */
  send(batch: Entry[]): Promise<void>;
  fail(batch: Entry[], error: TallystickError): void;
}

/** Decides when events are sent, and in which batches: by count, by bytes and by time. */
export class Batcher {
  readonly #settings: Settings;
  readonly #outlet: Outlet;
  readonly #queue = new EventQueue();
  /** The sequences with which the batches under way start, in their order. */
  readonly #underWay = new Set<number>();
  /** Events before this sequence do not wait for a full batch. */
  #due = 0;
  #timer: Timer | undefined;
  #flushes: { upTo: number; resolve: () => void }[] = [];
  #room: { promise: Promise<void>; resolve: () => void } | undefined;

  constructor(settings: Settings, outlet: Outlet) {
    this.#settings = settings;
    this.#outlet = outlet;
  }

  get queued(): number {
    return this.#queue.length;
  }

  get underWay(): number {
    return this.#underWay.size;
  }

  /** @returns a promise of room, where the queue is full and its policy is to wait. */
  add(entry: Entry): Promise<void> | undefined {
    const { whenFull } = this.#settings.queue;
    if (this.#isFull(1, entry.bytes)) this.sendNow();
    if (this.#isFull(whenFull === "block" ? 2 : 1, entry.bytes)) {
      if (whenFull !== "drop-oldest") {
        this.#drop(entry);
        return this.#room?.promise;
      }
      while (this.#queue.length > 0 && this.#isFull(1, entry.bytes)) {
        this.#drop(this.#queue.shift() as Entry);
      }
    }
    this.#queue.push(entry);
    this.#pump();
    if (whenFull !== "block" || !this.#isFull(1, 0)) return undefined;
    return (this.#room ??= newRoom()).promise;
  }

  /** Sends what waits, full batches or not. */
  sendNow(): void {
    this.#due = this.#queue.end;
    this.#pump();
  }

  /** Sends what waits. Resolves once the fate of every event added so far is known. */
  flush(): Promise<void> {
    const upTo = this.#queue.end;
    this.sendNow();
    if (this.#oldest >= upTo) return Promise.resolve();
    return new Promise((resolve) => this.#flushes.push({ upTo, resolve }));
  }

  /** The sequence of the oldest event whose fate is not known. */
  get #oldest(): number {
    const [first] = this.#underWay;
    return first ?? this.#queue.start;
  }

  #isFull(times: number, more: number): boolean {
    const { events, bytes } = this.#settings.queue;
    const { length, bytes: size } = this.#queue;
    return length > 0 && (length >= events * times || size + more > bytes * times);
  }

  #drop(entry: Entry): void {
    this.#outlet.fail([entry], new QueueFullError("the queue is full; an event was dropped"));
  }

  /** Starts every batch that is due, as many as may be under way. */
  #pump(): void {
    const { batch, concurrency } = this.#settings;
    const queue = this.#queue;
    while (
      this.#underWay.size < concurrency &&
      queue.length > 0 &&
      (queue.start < this.#due || queue.length >= batch.events || queue.bytes >= batch.bytes)
    ) {
      const sequence = queue.start;
      this.#underWay.add(sequence);
      void this.#outlet.send(queue.take(batch.events, batch.bytes)).then(() => {
        this.#underWay.delete(sequence);
        this.#pump();
        this.#resolveFlushes();
      });
    }
    if (this.#room && !this.#isFull(1, 0)) {
      this.#room.resolve();
      this.#room = undefined;
    }
    this.#schedule();
  }

  /** Has a timer run while something waits that is not due. */
  #schedule(): void {
    const waits = this.#queue.end > this.#due && this.#queue.length > 0;
    if (waits && this.#timer === undefined) {
      this.#timer = startIdleTimer(this.#settings.batch.milliseconds, () => {
        this.#timer = undefined;
        this.sendNow();
      });
    } else if (!waits && this.#timer !== undefined) {
      stopTimer(this.#timer);
      this.#timer = undefined;
    }
  }

  #resolveFlushes(): void {
    const oldest = this.#oldest;
    while ((this.#flushes[0]?.upTo ?? Infinity) <= oldest) this.#flushes.shift()?.resolve();
  }
}

function newRoom(): { promise: Promise<void>; resolve: () => void } {
  let resolve = (): void => undefined;
  const promise = new Promise<void>((done) => {
    resolve = done;
  });
  return { promise, resolve };
}
