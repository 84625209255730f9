import { Tallystick } from "tallystick";

/** The server of the environment, or the one that the README starts. */
export const connect = () =>
  new Tallystick({
    url: process.env.TALLYSTICK_URL ?? "http://127.0.0.1:8080",
    apiKey: process.env.TALLYSTICK_API_KEY,
  });

/** Lets the month end, and prints its invoice. */
export async function printInvoice(usage, customerId, monthEnd) {
  await usage.advanceClock({ to: monthEnd });
  const { items: [invoice] } = await usage.listInvoices({ customerId });
  console.log(`${invoice.customer.name}, ${invoice.period.start} to ${invoice.period.end}`);
  for (const { description, quantity, amount, groups = [] } of invoice.lines) {
    console.log(`  ${description}: ${quantity} for ${amount} ${invoice.currency}`);
    for (const { group, quantity } of groups) {
      console.log(`    ${Object.values(group).join(" ")}: ${quantity}`);
    }
  }
  console.log(`  Total: ${invoice.total} ${invoice.currency}`);
}
