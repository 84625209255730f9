import type { UsageEvent } from "./contract.js";
import { InvalidEventError } from "./errors.js";
import type { Instant } from "./values.js";
import { uuidv7 } from "./uuid.js";

/**
 * What an event may carry. Give quantities as strings: a binary float is sent with all its
 * digits, and `0.1 + 0.2` has too many. A bigint is sent as a string, a Date as an instant.
 */
export type Property =
  | string | number | bigint | boolean | null | undefined | Date
  | readonly Property[]
  | { readonly [key: string]: Property };

export interface EventFields<Properties> {
  customerId: string;
  /** Makes the event unique among its customer's; a UUIDv7 where nothing is said. */
  customerEventId?: string;
  /** Only where the event is for one of several subscriptions. */
  subscriptionId?: string;
  /** When it happened; now, where nothing is said. */
  timestamp?: Date | Instant;
  properties?: Properties;
}

let nowMilliseconds = -1;
let nowText = "";

/** This instant as RFC 3339; many events share a millisecond. */
function instantText(milliseconds: number): string {
  if (milliseconds !== nowMilliseconds) {
    nowText = new Date(milliseconds).toISOString();
    nowMilliseconds = milliseconds;
  }
  return nowText;
}

/**
 * Writes the event as JSON, once and for all: every try sends the same id, the same timestamp and
 * the properties as they are now.
 */
export function encode(eventName: string, fields: EventFields<object>): string {
  try {
    const { customerId, customerEventId, subscriptionId, timestamp, properties } = fields;
    const now = Date.now();
    const event = {
      customerEventId: customerEventId ?? uuidv7(now),
      customerId,
      subscriptionId,
      eventName,
      timestamp: timestamp ?? instantText(now),
      properties,
    };
    return properties === undefined || isPlain(properties)
      ? JSON.stringify(event)
      : JSON.stringify(event, exact);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new InvalidEventError(`event "${eventName}" cannot be written: ${reason}`, { cause });
  }
}

/** The event that was written. */
export const decode = (text: string): UsageEvent => JSON.parse(text) as UsageEvent;

/** Whether JSON has every value at the top as it is; what is deeper goes through `exact`. */
function isPlain(properties: object): boolean {
  for (const key in properties) {
    const value: unknown = properties[key as keyof typeof properties];
    if (typeof value === "number" ? !Number.isFinite(value) : typeof value !== "string") {
      if (typeof value !== "boolean") return false;
    }
  }
  return true;
}

/** JSON would write null for a number that is none, which would be used and not billed. */
function exact(key: string, value: unknown): unknown {
  if (typeof value === "bigint") return value.toString();
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new TypeError(`"${key}" is ${value}`);
  }
  return value;
}

const beyondASCII = /[^\x00-\x7f]/;

/** How many bytes of UTF-8 a text of whole characters takes. */
export function utf8Length(text: string): number {
  let length = text.length;
  if (!beyondASCII.test(text)) return length;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    // A surrogate is half of four bytes, and was counted as one of them.
    if (unit > 0x7f) length += unit > 0x7ff && (unit < 0xd800 || unit > 0xdfff) ? 2 : 1;
  }
  return length;
}
