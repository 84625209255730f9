// Compiled, never run, by a project that installed the package: what must not compile says so.
import {
  Tallystick, TallystickError, verifyWebhook, type Invoice, type UsageEvent,
} from "tallystick";

interface Request {
  endpoint: string;
  status: number;
}

type Events = {
  api_request: Request;
  storage: { gigabyteHours: string; region?: string };
  login: { device?: string };
};

const usage = new Tallystick<Events>({
  url: new URL("https://billing.example.com"),
  apiKey: "key",
  queue: { whenFull: "block" },
  onError(error: TallystickError, events: readonly UsageEvent[]) {
    const code: "rejected" | string = error.code;
    return [code, events[0]?.customerEventId];
  },
});

export async function typed(): Promise<void> {
  usage.track("api_request", { customerId: "acme", properties: { endpoint: "/", status: 200 } });
  usage.track("storage", { customerId: "acme", properties: { gigabyteHours: "1.5" } });
  usage.track("login", { customerId: "acme" });
  await usage.track("login", { customerId: "acme", timestamp: new Date(), properties: {} });
  const { status, late } = await usage.trackAndWait("login", { customerId: "acme" });
  const counted: "accepted" | "duplicate" = status;
  const policy: string | undefined = late?.[0]?.policy;

  // @ts-expect-error: a misspelt event
  usage.track("api_requests", { customerId: "acme" });
  // @ts-expect-error: properties are required
  usage.track("api_request", { customerId: "acme" });
  // @ts-expect-error: a property is missing
  usage.track("api_request", { customerId: "acme", properties: { endpoint: "/" } });
  // @ts-expect-error: a property is of another type
  usage.track("storage", { customerId: "acme", properties: { gigabyteHours: 1.5 } });
  // @ts-expect-error: no customer
  usage.track("login", {});
  console.log(counted, policy);
}

export async function untyped(): Promise<void> {
  const any = new Tallystick({ url: "https://billing.example.com" });
  any.track("whatever", { customerId: "acme" });
  any.track("whatever", {
    customerId: "acme", properties: { tokens: 10n, nested: { of: [1, "2"] }, at: new Date() },
  });
  // @ts-expect-error: a function cannot be sent
  any.track("whatever", { customerId: "acme", properties: { run: () => 1 } });
}

export async function calls(): Promise<void> {
  const invoice: Invoice = await usage.getInvoice({ id: "i" });
  const total: string = invoice.total;
  const page = await usage.listInvoices({ customerId: "acme", kind: "period" });
  const cursor: string | null = page.nextCursor;
  await usage.listCustomers();
  await usage.getCatalog();
  await usage.applyCatalog({
    plans: [
      {
        key: "p", name: "P", currency: "USD",
        billingPeriod: { interval: "month", anchor: "calendar" },
        charges: [
          {
            key: "c", name: "C", type: "usage", meter: "m",
            price: {
              model: "graduated", minimum: "5",
              tiers: [{ upTo: "10", unitAmount: "1" }, { upTo: null, unitAmount: "0.5" }],
            },
          },
        ],
      },
    ],
  });
  const report = await usage.queryUsage({ subscriptionId: "s" });
  const quantity: string | undefined = report.usage[0]?.quantity;
  const span = { from: "2026-01-01T00:00:00Z", to: "2026-01-02T00:00:00Z" };
  const some = await usage.queryUsage({ subscriptionId: "s", ...span, meter: "m" });
  const count: number | undefined = some.usage[0]?.lateEventCount;
  const hours = await usage.queryUsage({
    subscriptionId: "s", window: "hour", groupBy: ["endpoint"], ratio: { of: "a", over: "b" },
  });
  const share: string | null | undefined = hours.ratio?.windows[0]?.value;
  const written: Invoice = await usage.generateInvoice({ subscriptionId: "s", periodStart: span.from });
  const trace = await usage.traceInvoiceLine({ invoiceId: "i", lineId: "l", limit: 10 });
  const [record] = trace.items;
  const name = record && "event" in record ? record.event.eventName : record?.void.reason;
  // @ts-expect-error: a span has two ends
  await usage.queryUsage({ subscriptionId: "s", from: span.from });
  // @ts-expect-error: a ratio names its meters
  await usage.queryUsage({ subscriptionId: "s", meter: "m", ratio: { of: "a", over: "b" } });
  // @ts-expect-error: a span has no amounts
  console.log(count, share, written, name, some.usage[0]?.amount);
  const other = await usage.call<{ answer: number }>("somethingNew", { question: true });

  // @ts-expect-error: money is no number
  const wrong: number = invoice.total;
  // @ts-expect-error: an id is required
  await usage.getInvoice();
  // @ts-expect-error: of another price model
  await usage.priceUsage({ currency: "USD", price: { model: "perUnit", tiers: [] }, usage: { quantity: "1" } });
  console.log(total, cursor, quantity, other.answer, wrong);
}

export async function webhooks(request: { text(): Promise<string>; headers: Headers }) {
  const message = await verifyWebhook(await request.text(), request.headers, "whsec_");
  if (message.type === "invoice.finalized") return message.data.total;
  if (message.type === "usage.late") return message.data.eventCount;
  return undefined;
}
