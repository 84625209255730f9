import type { Functions, InputOf, OutputOf } from "./functions.js";
import type { Transport } from "./transport.js";

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
const functions: { readonly [Name in keyof Functions]: { readonly repeatable: boolean } } = {
  applyCatalog: { repeatable: true },
  getCatalog: { repeatable: true },
  priceUsage: { repeatable: true },
  upsertCustomer: { repeatable: true },
  getCustomer: { repeatable: true },
  listCustomers: { repeatable: true },
  createSubscription: { repeatable: true },
  updateSubscription: { repeatable: true },
  cancelSubscription: { repeatable: true },
  getSubscription: { repeatable: true },
  listSubscriptions: { repeatable: true },
  ingestEvent: { repeatable: true },
  voidEvent: { repeatable: true },
  getEvent: { repeatable: true },
  listEvents: { repeatable: true },
  queryUsage: { repeatable: true },
  closePeriod: { repeatable: true },
  generateInvoice: { repeatable: true },
  getInvoice: { repeatable: true },
  listInvoices: { repeatable: true },
  traceInvoiceLine: { repeatable: true },
  verifyInvoice: { repeatable: true },
  simulateInvoice: { repeatable: true },
  putWebhookEndpoint: { repeatable: false },
  listWebhookEndpoints: { repeatable: true },
  deleteWebhookEndpoint: { repeatable: false },
  rotateWebhookSecret: { repeatable: false },
  testWebhookEndpoint: { repeatable: false },
  listWebhookDeliveries: { repeatable: true },
  redeliverWebhook: { repeatable: false },
  advanceClock: { repeatable: true },
};

/** A method for each function of the server, under its name. */
export type FunctionMethods = {
  [Name in keyof Functions]: {} extends InputOf<Name>
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
      repeatable: functions[name as keyof Functions]?.repeatable ?? false,
      forMilliseconds: options.retryForMilliseconds ?? usualRetryMilliseconds,
    });
  }
}

export interface Calls extends FunctionMethods {}

for (const name of Object.keys(functions) as (keyof Functions)[]) {
  Object.defineProperty(Calls.prototype, name, {
    value(this: Calls, input: object, options?: CallOptions) {
      return this.call(name as string, input, options);
    },
  });
}
