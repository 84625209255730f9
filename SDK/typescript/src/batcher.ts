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

/** An event's place in all that came: how many events it is the last of, and how many bytes. */
interface Mark {
  end: number;
  bytes: number;
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
  /** Who waits until the queue has a place for an event, in the order of the events. */
  #rooms: (Mark & { resolve: () => void })[] = [];

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

  /** @returns a promise of a place, where the queue has none and its policy is to wait. */
  add(entry: Entry): Promise<void> | undefined {
    const queue = this.#queue;
    const { whenFull, bytes, waitingBytes } = this.#settings.queue;
    if (this.#isFull(entry)) this.sendNow();
    if (whenFull === "drop-oldest") {
      while (this.#isFull(entry)) this.#drop(queue.shift() as Entry);
    }
    const isDropped = whenFull === "block"
      ? queue.length > 0 && queue.bytes + entry.bytes > bytes + waitingBytes
      : this.#isFull(entry);
    if (isDropped) this.#drop(entry);
    else queue.push(entry);
    this.#pump();
    return whenFull === "block" ? this.#room() : undefined;
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

  /** Whether the queue has no place for one event more. */
  #isFull(entry: Entry): boolean {
    const end = this.#queue.end + 1;
    return !this.#hasPlace({ end, bytes: this.#queue.endBytes + entry.bytes });
  }

  /** Whether an event that came lies within the queue's limits: the first always does. */
  #hasPlace({ end, bytes }: Mark): boolean {
    const { queue } = this.#settings;
    const { start, startBytes } = this.#queue;
    const count = end - start;
    return count <= 1 || (count <= queue.events && bytes - startBytes <= queue.bytes);
  }

  /** @returns a promise, unless the event that came last has a place. */
  #room(): Promise<void> | undefined {
    const last = { end: this.#queue.end, bytes: this.#queue.endBytes };
    if (this.#hasPlace(last)) return undefined;
    return new Promise((resolve) => this.#rooms.push({ ...last, resolve }));
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
    this.#resolveRooms();
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

  #resolveRooms(): void {
    if (this.#rooms.length === 0) return;
    const waiting = this.#rooms.findIndex((room) => !this.#hasPlace(room));
    for (const { resolve } of this.#rooms.splice(0, waiting < 0 ? Infinity : waiting)) resolve();
  }

  #resolveFlushes(): void {
    const oldest = this.#oldest;
    while ((this.#flushes[0]?.upTo ?? Infinity) <= oldest) this.#flushes.shift()?.resolve();
  }
}
