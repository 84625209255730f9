import type { IngestResult, UsageEvent } from "./contract.js";
import { ConflictError, RefusedError, RejectedError, TallystickError } from "./errors.js";
import { decode } from "./event.js";
import type { Entry } from "./queue.js";
import type { Transport } from "./transport.js";

/** How many events came to what, since the client was made. */
export interface Counts {
  accepted: number;
  duplicates: number;
  conflicts: number;
  rejected: number;
  /** Accepted ones that no charge takes: a misspelt event name shows here. */
  unbilled: number;
  /** All others: dropped, refused, given up, or not to be written as JSON. */
  lost: number;
}

type Report = (error: TallystickError, events: readonly UsageEvent[]) => void;

/** Sends batches, and tells each event's fate to whoever waits for it. */
export class Ingest {
  readonly counts: Counts = {
    accepted: 0, duplicates: 0, conflicts: 0, rejected: 0, unbilled: 0, lost: 0,
  };
  readonly #transport: Transport;
  readonly #report: Report;

  constructor(transport: Transport, report: Report) {
    this.#transport = transport;
    this.#report = report;
  }

  /** Settles a batch; it never throws. */
  async send(batch: Entry[]): Promise<void> {
    try {
      const body = `{"events":[${batch.map((entry) => entry.text).join(",")}]}`;
      const answer = await this.#transport.post("ingestEvent", body, {
        isBackground: true,
        isAnswer: (value) => isResultOf(batch, value),
      });
      this.#settle(batch, answer as IngestResult);
    } catch (error) {
      if (batch.length > 1 && error instanceof RefusedError && mayBeOneToBlame.has(error.status)) {
        const middle = batch.length >> 1;
        await this.send(batch.slice(0, middle));
        await this.send(batch.slice(middle));
      } else {
        this.fail(batch, error as TallystickError);
      }
    }
  }

  /** Gives a batch up. */
  fail(batch: Entry[], error: TallystickError): void {
    this.counts.lost += batch.length;
    this.#tell(batch, error);
  }

  #settle(batch: Entry[], answer: IngestResult): void {
    const { counts } = this;
    counts.accepted += answer.accepted;
    counts.duplicates += answer.duplicates;
    counts.conflicts += answer.conflicts;
    counts.rejected += answer.rejected;
    counts.unbilled += answer.unbilled;
    const special = new Map(answer.results.map((result) => [result.index, result]));
    batch.forEach((entry, index) => {
      const result = special.get(index);
      if (result?.status === "rejected" || result?.status === "conflict") {
        const Refusal = result.status === "conflict" ? ConflictError : RejectedError;
        this.#tell([entry], new Refusal(result.error ?? result.status, decode(entry.text)));
      } else if (entry.settle) {
        entry.settle({
          customerEventId: decode(entry.text).customerEventId,
          status: result?.status ?? "accepted",
          ...(result?.late && { late: result.late }),
        });
      }
    });
  }

  #tell(batch: Entry[], error: TallystickError): void {
    for (const entry of batch) entry.settle?.(error);
    const unwatched = batch.filter((entry) => !entry.settle);
    if (unwatched.length > 0) this.#report(error, unwatched.map((entry) => decode(entry.text)));
  }
}

/**
 * The server reads a body as a whole before it looks at its events, and a body that it does not
 * take may be one event's fault. Such a batch is halved until that event stands alone.
 */
const mayBeOneToBlame = new Set([400, 413, 422]);

/** Whether an answer is the server's own, and not that of something on the way to it. */
function isResultOf(batch: Entry[], value: unknown): boolean {
  const { accepted, duplicates, conflicts, rejected, results } = (value ?? {}) as IngestResult;
  return (
    Array.isArray(results) && accepted + duplicates + conflicts + rejected === batch.length
  );
}
