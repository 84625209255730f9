import type { UsageEvent } from "./contract.js";
import type { Problem } from "./values.js";

/** What every error of this package is; `code` tells them apart. */
export abstract class TallystickError extends Error {
  abstract readonly code:
    | "invalid-event"
    | "queue-full"
    | "closed"
    | "rejected"
    | "conflict"
    | "refused"
    | "unreachable"
    | "webhook";
}

/** An event that cannot be written as JSON; it was not sent. */
export class InvalidEventError extends TallystickError {
  override readonly name = "InvalidEventError";
  readonly code = "invalid-event";
}

/** The queue was full, and its policy dropped this event. */
export class QueueFullError extends TallystickError {
  override readonly name = "QueueFullError";
  readonly code = "queue-full";
}

/** The client was closed before. */
export class ClosedError extends TallystickError {
  override readonly name = "ClosedError";
  readonly code = "closed";
}

/** The server took the batch, but not this event; the message says what is wrong with it. */
export class RejectedError extends TallystickError {
  override readonly name = "RejectedError";
  readonly code = "rejected";

  constructor(message: string, readonly event: UsageEvent) {
    super(message);
  }
}

/** The event's `customerEventId` was accepted before, with another content. */
export class ConflictError extends TallystickError {
  override readonly name = "ConflictError";
  readonly code = "conflict";

  constructor(message: string, readonly event: UsageEvent) {
    super(message);
  }
}

/** The server answered with a failure. */
export class RefusedError extends TallystickError {
  override readonly name = "RefusedError";
  readonly code = "refused";

  /**
   * @param status - the HTTP status.
   * @param problem - the server's account of it (RFC 9457), if it gave one.
   * @param retryAfterMilliseconds - how long the server asks to be left alone.
   */
  constructor(
    readonly status: number,
    readonly problem?: Problem,
    readonly retryAfterMilliseconds?: number,
  ) {
    const fields = problem?.errors?.map((error) => `${error.pointer} ${error.detail}`).join("; ");
    super(fields || problem?.detail || problem?.title || `the server answered ${status}`);
  }
}

/** No answer came, or none that can be understood; `cause` says why. */
export class UnreachableError extends TallystickError {
  override readonly name = "UnreachableError";
  readonly code = "unreachable";
}

/** A webhook that must not be believed. */
export class WebhookError extends TallystickError {
  override readonly name = "WebhookError";
  readonly code = "webhook";
}
