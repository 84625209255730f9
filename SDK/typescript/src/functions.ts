import type { Meter, Plan } from "./catalog.js";
import type {
  ClosedPeriod, Customer, IngestResult, Invoice, InvoiceKind, InvoicePreview, LoggedRecord,
  NewSubscription, NewWebhookEndpoint, PricedUsage, PriceRequest, Subscription, UsageEvent,
  UsageReport, WebhookDelivery, WebhookEndpoint,
} from "./contract.js";
import type { Decimal, Duration, Instant, JSONValue, Page, PageRequest } from "./values.js";

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

  upsertCustomer: Call<Customer, Customer>;
  getCustomer: Call<Id, Customer>;
  listCustomers: Call<PageRequest, Page<Customer>>;
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
  getEvent: Call<{ customerId: string; customerEventId: string }, LoggedRecord>;
  listEvents: Call<
    PageRequest & { customerId: string; from?: Instant; to?: Instant; eventName?: string },
    Page<LoggedRecord>
  >;
  queryUsage: Call<{ subscriptionId: string; at?: Instant; meter?: string }, UsageReport>;

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
    { invoiceId: string; lineId: string; cursor?: string },
    Page<LoggedRecord & { late?: boolean; ignored?: boolean }>
  >;
  verifyInvoice: Call<
    { invoiceId: string },
    {
      verified: boolean;
      lines: {
        lineId: string;
        quantityMatches: boolean;
        amountMatches: boolean;
        digestMatches: boolean;
      }[];
      firstDifference?: JSONValue;
    }
  >;
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

  /** Only on a server with a test clock. */
  advanceClock: Call<{ to: Instant }, { now: Instant; fired: JSONValue }>;
}

export type InputOf<Name extends keyof Functions> = Functions[Name]["input"];
export type OutputOf<Name extends keyof Functions> = Functions[Name]["output"];
