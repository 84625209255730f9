import type { Meter, Plan } from "./catalog.js";
import type {
  APIKey, ClosedPeriod, Customer, IngestResult, Invoice, InvoiceKind, InvoicePreview, LoggedEvent,
  NewSubscription, NewWebhookEndpoint, PricedUsage, PriceRequest, Scope, StoredCustomer,
  Subscription, TracedRecord, UsageEvent, Verification, WebhookDelivery, WebhookEndpoint,
} from "./contract.js";
import type {
  PeriodQuery, RankedUsage, SeriesQuery, SeriesReport, SpanQuery, SpanReport, UsageReport,
} from "./usage.js";
import type { Decimal, Duration, Instant, Page, PageRequest } from "./values.js";

type Call<Input, Output> = { input: Input; output: Output };
type Id = { id: string };

/** Every function of the server: what it takes, and what it gives. */
export interface Functions {
  applyCatalog: Call<
    { meters?: Meter[]; plans?: Plan[]; dryRun?: boolean },
    {
      changes: {
        kind: "meter" | "plan";
        key: string;
        change: "created" | "updated" | "unchanged";
        version: number;
      }[];
    }
  >;
  getCatalog: Call<
    Record<string, never>,
    { meters: (Meter & { version: number })[]; plans: (Plan & { version: number })[] }
  >;
  priceUsage: Call<PriceRequest, PricedUsage>;

  upsertCustomer: Call<Customer, StoredCustomer>;
  getCustomer: Call<Id, StoredCustomer>;
  listCustomers: Call<PageRequest, Page<StoredCustomer>>;
  createSubscription: Call<NewSubscription, Subscription>;
  updateSubscription: Call<
    { id: string; plan: string; effective: "immediately" | "periodEnd" }, Subscription
  >;
  cancelSubscription: Call<{ id: string; at: Instant | "periodEnd" }, Subscription>;
  getSubscription: Call<Id, Subscription>;
  listSubscriptions: Call<PageRequest & { customerId?: string }, Page<Subscription>>;

  ingestEvent: Call<{ events: UsageEvent[] }, IngestResult>;
  voidEvent: Call<
    { customerId: string; customerEventId: string; reason: string },
    { customerId: string; customerEventId: string; reason: string; sequence: number }
  >;
  getEvent: Call<{ customerId: string; customerEventId: string }, LoggedEvent>;
  listEvents: Call<
    PageRequest & { customerId: string; from?: Instant; to?: Instant; eventName?: string },
    Page<LoggedEvent>
  >;
  queryUsage: Call<PeriodQuery | SpanQuery | SeriesQuery, UsageReport | SpanReport | SeriesReport>;
  rankUsage: Call<PageRequest & { meter: string; at?: Instant }, Page<RankedUsage>>;

  closePeriod: Call<
    { asOf?: Instant; subscriptionId?: string; limit?: number },
    { closed: ClosedPeriod[]; more: boolean }
  >;
  generateInvoice: Call<
    {
      subscriptionId: string;
      periodStart: Instant;
      kind?: InvoiceKind;
      revision?: number;
      preview?: boolean;
    },
    Invoice | InvoicePreview
  >;
  getInvoice: Call<Id, Invoice>;
  listInvoices: Call<
    PageRequest & { customerId?: string; subscriptionId?: string; kind?: InvoiceKind },
    Page<Invoice>
  >;
  traceInvoiceLine: Call<
    PageRequest & { invoiceId: string; lineId: string }, Page<TracedRecord>
  >;
  verifyInvoice: Call<{ invoiceId: string }, Verification>;
  simulateInvoice: Call<
    { subscriptionId: string; periodStart: Instant; plan: Plan | string },
    {
      billed: (Invoice | InvoicePreview)[];
      simulated: InvoicePreview[];
      billedTotal: Decimal | null;
      simulatedTotal: Decimal | null;
      difference: Decimal | null;
    }
  >;

  putWebhookEndpoint: Call<NewWebhookEndpoint, WebhookEndpoint>;
  listWebhookEndpoints: Call<PageRequest, Page<WebhookEndpoint>>;
  deleteWebhookEndpoint: Call<Id, { id: string; deleted: true; failedDeliveries: number }>;
  rotateWebhookSecret: Call<{ id: string; overlap?: Duration }, WebhookEndpoint>;
  testWebhookEndpoint: Call<
    Id, { state: "delivered" | "failed"; statusCode?: number; error?: string }
  >;
  listWebhookDeliveries: Call<
    PageRequest & { endpointId?: string; state?: WebhookDelivery["state"] },
    Page<WebhookDelivery>
  >;
  redeliverWebhook: Call<{ deliveryId: string }, WebhookDelivery>;

  /** The key itself is in the answer, and never again. */
  createKey: Call<
    { name: string; scopes: Scope[]; requestsPerSecond?: number }, APIKey & { key: string }
  >;
  listKeys: Call<PageRequest, Page<APIKey>>;
  revokeKey: Call<Id, APIKey>;

  /** Copies the ledger into a new file on the server's machine. */
  backup: Call<{ file: string }, { file: string; pages: number; sequence: number }>;

  /** Only on a server with a test clock; `fired` says how many timers it set off. */
  advanceClock: Call<{ to: Instant }, { now: Instant; fired: number }>;
}

export type InputOf<Name extends keyof Functions> = Functions[Name]["input"];
export type OutputOf<Name extends keyof Functions> = Functions[Name]["output"];
