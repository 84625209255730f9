// The one thing that is asked of Node's own modules; so no package of types is needed.
declare module "node:crypto" {
  export const webcrypto: Crypto;
}
