import type { ClosedPeriod, Invoice } from "./contract.js";
import { WebhookError } from "./errors.js";
import { webCrypto } from "./platform.js";
import type { Instant, JSONValue, Span } from "./values.js";

type Message<Type extends string, Data> = { type: Type; timestamp: Instant; data: Data };

/** What a server sends to an endpoint of the standard format. */
export type WebhookMessage =
  | Message<"invoice.finalized", Invoice>
  | Message<"period.closed", ClosedPeriod>
  | Message<
      "usage.late",
      {
        subscriptionId: string;
        period: Span;
        policy: "nextPeriod" | "currentPeriod" | "ignore";
        eventCount: number;
        firstSequence: number;
        lastSequence: number;
      }
    >
  | Message<"webhook.test", JSONValue>;

/** Headers as any framework gives them. */
export type WebhookHeaders =
  | { get(name: string): string | null }
  | { readonly [name: string]: string | readonly string[] | undefined };

export interface VerifyOptions {
  /** How far a message's instant may be from now; 5 minutes where nothing is said. */
  toleranceSeconds?: number;
  /** Now, in milliseconds since 1970. */
  now?: number;
}

/**
 * Verifies a webhook (Standard Webhooks) and reads its message.
 *
 * @param body - the request's body as it came, not parsed and written again.
 * @param secret - `whsec_…`; several while one takes another's place.
 * @throws WebhookError where the message must not be believed.
 */
export async function verifyWebhook<Content = WebhookMessage>(
  body: string | Uint8Array,
  headers: WebhookHeaders,
  secret: string | readonly string[],
  { toleranceSeconds = 300, now = Date.now() }: VerifyOptions = {},
): Promise<Content> {
  const id = header(headers, "webhook-id");
  const timestamp = header(headers, "webhook-timestamp");
  const signatures = header(headers, "webhook-signature");
  // Negated, so that what is no number is refused too.
  if (!(Math.abs(Number(timestamp) - now / 1_000) <= toleranceSeconds)) {
    throw new WebhookError("webhook-timestamp is too far from now");
  }
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : body;
  const signed = joined(new TextEncoder().encode(`${id}.${timestamp}.`), bytes);
  const keys = await Promise.all(secrets(secret).map(importKey));
  const candidates = signatures.split(" ").slice(0, mostSignatures).flatMap(signatureBytes);
  const verdicts = await Promise.all(
    keys.flatMap((key) =>
      // `verify` takes the same time wherever two signatures differ.
      candidates.map((signature) => webCrypto().subtle.verify("HMAC", key, signature, signed)),
    ),
  );
  if (!verdicts.includes(true)) throw new WebhookError("no signature is of this message");
  return JSON.parse(new TextDecoder().decode(bytes)) as Content;
}

/** More than two secrets are never valid at once; each signature costs the receiver time. */
const mostSignatures = 16;

function header(headers: WebhookHeaders, name: string): string {
  const value =
    typeof headers["get"] === "function"
      ? (headers as { get(name: string): string | null }).get(name)
      : Object.entries(headers).find(([key]) => key.toLowerCase() === name)?.[1];
  const text = Array.isArray(value) ? value[0] : value;
  if (typeof text !== "string" || text === "") throw new WebhookError(`${name} is missing`);
  return text;
}

const secrets = (secret: string | readonly string[]): readonly string[] =>
  typeof secret === "string" ? [secret] : secret;

function importKey(secret: string): Promise<CryptoKey> {
  const bytes = base64(secret.replace(/^whsec_/, ""));
  if (!bytes || bytes.length === 0) throw new WebhookError("the secret is not whsec_ and base64");
  const hmac = { name: "HMAC", hash: "SHA-256" };
  return webCrypto().subtle.importKey("raw", bytes, hmac, false, ["verify"]);
}

/** The bytes of a signature of version 1; none of another version's. */
function signatureBytes(signature: string): Uint8Array[] {
  const bytes = signature.startsWith("v1,") ? base64(signature.slice(3)) : undefined;
  return bytes ? [bytes] : [];
}

function base64(text: string): Uint8Array | undefined {
  try {
    return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
  } catch {
    return undefined;
  }
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  const both = new Uint8Array(first.length + second.length);
  both.set(first);
  both.set(second, first.length);
  return both;
}
