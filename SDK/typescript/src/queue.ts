import type { TallystickError } from "./errors.js";
import type { LateUsage } from "./contract.js";

/** An event that waits: its JSON, and whoever waits for its fate. */
export interface Entry {
  readonly text: string;
  readonly bytes: number;
  readonly settle?: ((fate: Tracked | TallystickError) => void) | undefined;
}

/** What became of an event that counts. */
export interface Tracked {
  customerEventId: string;
  /** A duplicate was counted before, by a try whose answer was lost for example. */
  status: "accepted" | "duplicate";
  /** Where it counts, if its period was closed already. */
  late?: LateUsage[];
}

/** Events in the order in which they came; each has a sequence, counted from 0. */
export class EventQueue {
  #entries: (Entry | undefined)[] = [];
  #head = 0;
  #start = 0;
  #startBytes = 0;
  #bytes = 0;

  get length(): number {
    return this.#entries.length - this.#head;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** The sequence of the first event that waits. */
  get start(): number {
    return this.#start;
  }

  /** The bytes of all events before `start`. */
  get startBytes(): number {
    return this.#startBytes;
  }

  /** The bytes of all events that came. */
  get endBytes(): number {
    return this.#startBytes + this.#bytes;
  }

  /** The sequence of the event that comes next. */
  get end(): number {
    return this.#start + this.length;
  }

  push(entry: Entry): void {
    this.#entries.push(entry);
    this.#bytes += entry.bytes;
  }

  shift(): Entry | undefined {
    const entry = this.#entries[this.#head];
    if (!entry) return undefined;
    this.#entries[this.#head] = undefined;
    this.#head += 1;
    this.#start += 1;
    this.#startBytes += entry.bytes;
    this.#bytes -= entry.bytes;
    if (this.#head * 2 > this.#entries.length) {
      this.#entries = this.#entries.slice(this.#head);
      this.#head = 0;
    }
    return entry;
  }

  /** Takes the first events: one at least, and as many more as the bounds allow. */
  take(events: number, bytes: number): Entry[] {
    const taken: Entry[] = [];
    let size = 0;
    while (taken.length < events && this.length > 0) {
      const next = this.#entries[this.#head] as Entry;
      if (taken.length > 0 && size + next.bytes > bytes) break;
      size += next.bytes;
      taken.push(next);
      this.shift();
    }
    return taken;
  }
}
