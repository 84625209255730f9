import type { Invoice } from "./contract.js";
import type { Functions, InputOf, OutputOf } from "./functions.js";
import type { Transport } from "./transport.js";
import type {
  PeriodQuery, SeriesQuery, SeriesReport, SpanQuery, SpanReport, UsageReport,
} from "./usage.js";

/** How a call is made. */
export interface CallOptions {
  /** How long it is tried again, where that can help; 30 s where nothing is said. */
  retryForMilliseconds?: number;
}

const usualRetryMilliseconds = 30_000;

/**
 * Every function, and whether the same call twice does what it does once. What is drawn once and
 * shown once, sent or deleted is not asked for again after an answer was lost.
 */
const isRepeatable: { readonly [Name in keyof Functions]: boolean } = {
  applyCatalog: true,
  getCatalog: true,
  priceUsage: true,
  upsertCustomer: true,
  getCustomer: true,
  listCustomers: true,
  createSubscription: true,
  updateSubscription: true,
  cancelSubscription: true,
  getSubscription: true,
  listSubscriptions: true,
  ingestEvent: true,
  voidEvent: true,
  getEvent: true,
  listEvents: true,
  queryUsage: true,
  rankUsage: true,
  closePeriod: true,
  generateInvoice: true,
  getInvoice: true,
  listInvoices: true,
  traceInvoiceLine: true,
  verifyInvoice: true,
  simulateInvoice: true,
  putWebhookEndpoint: false,
  listWebhookEndpoints: true,
  deleteWebhookEndpoint: false,
  rotateWebhookSecret: false,
  testWebhookEndpoint: false,
  listWebhookDeliveries: true,
  redeliverWebhook: false,
  createKey: false,
  listKeys: true,
  revokeKey: true,
  backup: false,
  advanceClock: true,
};

/** Functions whose answers have a form that follows from what they are asked. */
interface Overloads {
  queryUsage(input: PeriodQuery, options?: CallOptions): Promise<UsageReport>;
  queryUsage(input: SpanQuery, options?: CallOptions): Promise<SpanReport>;
  queryUsage(input: SeriesQuery, options?: CallOptions): Promise<SeriesReport>;
  generateInvoice(
    input: InputOf<"generateInvoice"> & { preview?: false }, options?: CallOptions,
  ): Promise<Invoice>;
  generateInvoice(
    input: InputOf<"generateInvoice">, options?: CallOptions,
  ): Promise<OutputOf<"generateInvoice">>;
}

/** A method for each function of the server, under its name. */
export type FunctionMethods = Overloads & {
  [Name in Exclude<keyof Functions, keyof Overloads>]: {} extends InputOf<Name>
    ? (input?: InputOf<Name>, options?: CallOptions) => Promise<OutputOf<Name>>
    : (input: InputOf<Name>, options?: CallOptions) => Promise<OutputOf<Name>>;
};

/** Calls the server's functions by name. */
export class Calls {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  /**
   * Calls any function of the server.
   *
   * @throws RefusedError with the server's problem, UnreachableError where no answer came.
   */
  call<Name extends keyof Functions>(
    name: Name, input: InputOf<Name>, options?: CallOptions,
  ): Promise<OutputOf<Name>>;
  call<Output = unknown>(name: string, input: object, options?: CallOptions): Promise<Output>;
  call(name: string, input: object = {}, options: CallOptions = {}): Promise<unknown> {
    return this.#transport.post(name, JSON.stringify(input), {
      repeatable: isRepeatable[name as keyof Functions] ?? false,
      forMilliseconds: options.retryForMilliseconds ?? usualRetryMilliseconds,
    });
  }
}

export interface Calls extends FunctionMethods {}

for (const name of Object.keys(isRepeatable) as (keyof Functions)[]) {
  Object.defineProperty(Calls.prototype, name, {
    configurable: true,
    writable: true,
    value(this: Calls, input: object, options?: CallOptions) {
      return this.call(name as string, input, options);
    },
  });
}
