import { webCrypto } from "./platform.js";

const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, "0"));
const randomBytes = 10;

// Random bytes are drawn for many ids at once: a call of the host costs more than an id.
let pool = new Uint8Array(0);
let used = 0;

let prefix = "";
let prefixMilliseconds = -1;

/** A UUIDv7 (RFC 9562) of an instant, in milliseconds since 1970: 74 of its bits are random. */
export function uuidv7(milliseconds: number): string {
  if (used + randomBytes > pool.length) {
    pool = webCrypto().getRandomValues(new Uint8Array(randomBytes * 1024));
    used = 0;
  }
  if (milliseconds !== prefixMilliseconds) {
    const digits = milliseconds.toString(16).padStart(12, "0");
    prefix = `${digits.slice(0, 8)}-${digits.slice(8)}-`;
    prefixMilliseconds = milliseconds;
  }
  const at = used;
  used += randomBytes;
  const byte = (index: number): string => hex[pool[at + index] as number] as string;
  const version = hex[0x70 | ((pool[at] as number) & 0x0f)] as string;
  const variant = hex[0x80 | ((pool[at + 2] as number) & 0x3f)] as string;
  return (
    `${prefix}${version}${byte(1)}-${variant}${byte(3)}-` +
    `${byte(4)}${byte(5)}${byte(6)}${byte(7)}${byte(8)}${byte(9)}`
  );
}
