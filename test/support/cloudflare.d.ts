/** What the tests in workerd use of its own modules; the project has no Workers types, so that Node's may stay out of their way. */
declare module "cloudflare:workers" {
  interface TestBucket {
    put(key: string, bytes: Uint8Array): Promise<unknown>;
    delete(key: string): Promise<void>;
  }
  export const env: {
    readonly LOGS: import("../../edge/stores/r2.ts").R2BucketLike & TestBucket;
    readonly [binding: string]: unknown;
  };
  /** The Worker of wrangler.jsonc: `exports.default.fetch(…)`. */
  export const exports: { readonly default: { fetch(input: Request | string, init?: RequestInit): Promise<Response> } };
}
