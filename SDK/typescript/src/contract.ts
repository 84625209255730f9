import type { Price } from "./catalog.js";
import type { UsageGroup } from "./usage.js";
import type { Decimal, Instant, JSONValue, Period, Span } from "./values.js";

/** A usage event as it is sent. */
export interface UsageEvent {
  customerEventId: string;
  customerId: string;
  subscriptionId?: string;
  eventName: string;
  timestamp: Instant;
  properties?: { [key: string]: JSONValue };
}

/** Where an event counts that came after its period was closed. */
export interface LateUsage {
  subscriptionId: string;
  policy: "nextPeriod" | "currentPeriod" | "ignore";
  period: Span | null;
}

export interface IngestResult {
  accepted: number;
  duplicates: number;
  conflicts: number;
  rejected: number;
  /** Accepted events that no charge takes: a misspelt `eventName` shows here. */
  unbilled: number;
  /** Every event that is not plainly accepted. */
  results: {
    index: number;
    customerEventId: string | null;
    status: "accepted" | "duplicate" | "conflict" | "rejected";
    error?: string;
    late?: LateUsage[];
  }[];
}

/** A record of the log: an event, or a void that takes one out of billing. */
export type LoggedRecord = LoggedEvent | LoggedVoid;

interface LogPlace {
  sequence: number;
  receivedAt: Instant;
  /** `sha256:` and hexadecimal digits, of the record's canonical JSON. */
  hash: string;
}

export interface LoggedEvent extends LogPlace {
  event: Omit<UsageEvent, "properties"> & { properties: { [key: string]: JSONValue } };
  voided: boolean;
  /** The sequence of the void that took it out. */
  voidedBy?: number;
}

export interface LoggedVoid extends LogPlace {
  void: { customerId: string; customerEventId: string; reason: string; void: true };
  /** The sequence of the event that it takes out. */
  voids: number;
}

/** A record behind an invoice's line. */
export type TracedRecord = (LoggedEvent & { late: boolean; ignored: boolean }) | LoggedVoid;

export interface Customer {
  id: string;
  name?: string;
  /** An IANA name. */
  timezone: string;
  metadata?: { [key: string]: JSONValue };
}

/** A customer as the server has it. */
export type StoredCustomer = Customer & Required<Pick<Customer, "metadata">>;

export interface NewSubscription {
  id: string;
  customerId: string;
  plan: string;
  startsAt: Instant;
  endsAt?: Instant;
}

export interface Subscription {
  id: string;
  customerId: string;
  plan: { key: string; version: number };
  startsAt: Instant;
  endsAt?: Instant;
  status: "scheduled" | "active" | "ended";
  currentPeriod: Period | null;
}

export type InvoiceKind = "advance" | "period" | "correction" | "final";

/** A step of a price: what it took, at which rate, and the amount that comes of it. */
export interface BreakdownEntry {
  tier?: number;
  transactions?: number;
  units?: Decimal;
  packages?: Decimal;
  unitAmount?: Decimal;
  packageAmount?: Decimal;
  rate?: Decimal;
  fixedFee?: Decimal;
  multiplier?: Decimal;
  perTransactionMinimum?: Decimal;
  perTransactionMaximum?: Decimal;
  minimum?: Decimal;
  maximum?: Decimal;
  billed?: Decimal;
  flatAmount?: Decimal;
  amount: Decimal;
}

export interface InvoiceLine {
  id: string;
  type: "usage" | "flat" | "minimum";
  charge: string | null;
  meter?: string;
  description: string;
  period: Span;
  quantity?: Decimal;
  amount: Decimal;
  unroundedAmount: Decimal;
  breakdown: BreakdownEntry[];
  groups?: UsageGroup[];
  evidence?: {
    eventCount: number;
    lateEventCount: number;
    firstEventAt?: Instant;
    lastEventAt?: Instant;
    firstSequence?: number;
    lastSequence?: number;
    digest: string;
  };
  corrects?: { invoiceId: string; lineId: string };
}

export interface Invoice {
  id: string;
  number: string;
  kind: InvoiceKind;
  status: "finalized";
  revision: number;
  customer: { id: string; name: string | null; metadata: { [key: string]: JSONValue } };
  customerId: string;
  subscriptionId: string;
  plan: { key: string; version: number };
  currency: string;
  period: Period;
  issuedAt: Instant;
  lines: InvoiceLine[];
  total: Decimal;
  corrects?: string;
  /** Where in the log the period was cut off. */
  log: { cutoffSequence: number; chain: string };
}

/** An invoice as it would be; nothing of it is written. */
export type InvoicePreview = Omit<Invoice, "id" | "number" | "status"> & {
  id: string | null;
  number: string | null;
  status: "preview" | "simulated";
};

export interface ClosedPeriod {
  subscriptionId: string;
  period: Period;
  revision: number;
  kind: InvoiceKind;
  cutoffSequence: number;
}

/** Usage that somebody names: what a meter would have said, or the amounts that it would add up. */
export type GivenUsage = { quantity: Decimal } | { amounts: Decimal[] };

export type PriceRequest =
  | { currency: string; price: Price; usage: GivenUsage }
  | { plan: string; version?: number; usage: { [meter: string]: GivenUsage } };

export interface PricedUsage {
  amount: Decimal;
  unroundedAmount: Decimal;
  currency: string;
  breakdown: BreakdownEntry[];
  lines?: Pick<
    InvoiceLine, "id" | "type" | "quantity" | "amount" | "unroundedAmount" | "breakdown"
  >[];
}

export interface NewWebhookEndpoint {
  id: string;
  url: string;
  eventTypes: ("invoice.finalized" | "period.closed" | "usage.late")[] | ["*"];
  enabled: boolean;
  format?: "standard" | "journal" | { template: string; contentType?: string };
}

export interface WebhookEndpoint extends Required<NewWebhookEndpoint> {
  disabledBy?: string;
  failingSince?: Instant;
  /** Shown once, as it is drawn. */
  secret?: string;
}

export interface WebhookDelivery {
  id: string;
  messageId: string;
  endpointId: string;
  type: string;
  state: "pending" | "delivered" | "failed";
  attempts: number;
  nextAttemptAt?: Instant;
  lastAttemptAt?: Instant;
  lastStatusCode?: number;
  lastError?: string;
  attemptLog: {
    at: Instant;
    statusCode?: number;
    latencyMilliseconds: number;
    error?: string;
    answer?: string;
  }[];
}

export type Scope = "ingest" | "read" | "admin";

export interface APIKey {
  /** The first characters of the key, which are no secret. */
  id: string;
  name: string;
  scopes: Scope[];
  requestsPerSecond: number | null;
  createdAt: Instant;
  revokedAt: Instant | null;
}

/** What `verifyInvoice` found: each line as the log alone gives it. */
export interface Verification {
  verified: boolean;
  lines: {
    lineId: string;
    quantityMatches: boolean;
    amountMatches: boolean;
    digestMatches: boolean;
  }[];
  firstDifference?: { lineId?: string; sequence?: number; detail: string };
}
