// What `import "tallystick"` means on Node: Node 18 has Web Crypto, but not as a global.
import { webcrypto } from "node:crypto";
import { lendCrypto } from "./platform.js";

lendCrypto(webcrypto);

export * from "./index.js";
