/** An exact decimal, as text: money and quantities are never binary floats. */
export type Decimal = string;

/** RFC 3339, in UTC and to the microsecond in what comes back. */
export type Instant = string;

/** ISO 8601, for example `PT24H`. */
export type Duration = string;

export type JSONValue =
  | string | number | boolean | null
  | readonly JSONValue[]
  | { readonly [key: string]: JSONValue };

/** A span of time, its end excluded. */
export interface Span {
  start: Instant;
  end: Instant;
}

/** A billing period, in the zone that its customer had at its start. */
export interface Period extends Span {
  timezone: string;
}

/** One page of a list. */
export interface Page<Item> {
  items: Item[];
  /** Gives the next page; null at the end. */
  nextCursor: string | null;
}

/** Which page of a list is asked for. */
export interface PageRequest {
  cursor?: string;
  /** 1 to 1,000; 100 where nothing is said. */
  limit?: number;
}

/** A failed call, as RFC 9457 writes it. */
export interface Problem {
  type: string;
  title: string;
  status: number;
  detail: string;
  /** The fields to blame, all of them. */
  errors?: { pointer: string; detail: string }[];
}
