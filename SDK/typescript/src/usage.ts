import type { Decimal, Instant, JSONValue, Period, Span } from "./values.js";

/** Which meters: one, the two of a ratio, or all that the plan charges. */
type Meters =
  | { meter?: string; ratio?: never }
  | { meter?: never; ratio: { of: string; over: string } };

type From = { at?: never; from: Instant; to: Instant };
type At = { at?: Instant; from?: never; to?: never };

type About = {
  subscriptionId: string;
  /** By which properties the usage is split, whatever the meters keep. */
  groupBy?: string[];
} & Meters;

/** One period: that of `at`, or the running one. */
export type PeriodQuery = About & At & { window?: never };

/** A span, whatever periods it lies in. */
export type SpanQuery = About & From & { window?: never };

/** The hours, days or months of a period or a span, by the customer's clocks. */
export type SeriesQuery = About & (At | From) & { window: "hour" | "day" | "month" };

export interface UsageGroup {
  /** null for all groups beyond the first 1,000. */
  group: { [property: string]: JSONValue } | null;
  quantity: Decimal;
  eventCount: number;
}

/** What one meter counted over what another did. */
interface Quotient {
  /** null where there is nothing to divide by. */
  value: Decimal | null;
  groups?: { group: UsageGroup["group"]; value: Decimal | null }[];
}

type Ratio<Content> = { of: string; over: string } & Content;

/** What a subscription has used in a period, and what that costs so far. */
export interface UsageReport {
  subscriptionId: string;
  period: Period;
  usage: {
    charge: string;
    meter: string;
    quantity: Decimal;
    eventCount: number;
    lateEventCount: number;
    ignoredEventCount: number;
    amount: Decimal;
    groups?: UsageGroup[];
  }[];
  ratio?: Ratio<Quotient>;
  total: Decimal;
  asOfSequence: number;
}

/** What happened in a span. */
export interface SpanReport {
  subscriptionId: string;
  period: Period;
  usage: {
    meter: string;
    quantity: Decimal;
    eventCount: number;
    lateEventCount: number;
    groups?: UsageGroup[];
  }[];
  ratio?: Ratio<Quotient>;
  asOfSequence: number;
}

/** What happened in each window. */
export interface SeriesReport {
  subscriptionId: string;
  period: Period;
  window: SeriesQuery["window"];
  series: {
    meter: string;
    windows: (Span & { quantity: Decimal; groups?: UsageGroup[] })[];
  }[];
  ratio?: Ratio<{ windows: (Span & Quotient)[] }>;
  asOfSequence: number;
}

/** A subscription's use of a meter. */
export interface RankedUsage {
  customerId: string;
  subscriptionId: string;
  period: Period;
  quantity: Decimal;
  eventCount: number;
}
