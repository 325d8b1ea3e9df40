/** What the Worker is given: bindings, vars and secrets of wrangler.jsonc. */
import { type Passwords, parsePasswords } from "../../core/canedge/passwords.ts";
import { FaultError } from "../../core/fault.ts";
import type { LogStore } from "../../core/store/source.ts";
import { bearer, nobody, type TokenCheck } from "../app/access.ts";
import { BODY_BYTES_MAX } from "../app/body.ts";
import { originOf } from "../app/cors.ts";
import { type R2BucketLike, R2Store } from "../stores/r2.ts";

export interface Environment {
  /** R2 bucket with the logs. */
  readonly LOGS?: R2BucketLike;
  /** The built viewer. */
  readonly ASSETS?: { fetch(request: Request): Promise<Response> };
  /** Secret; without it no data is served. */
  readonly BUSLENS_TOKEN?: string;
  /** Secret: passwords of encrypted logs, as passwords.json has them; they count before that file. */
  readonly BUSLENS_PASSWORDS?: string;
  /** Origins whose pages may read answers, separated by blanks or commas. */
  readonly BUSLENS_ALLOW_ORIGIN?: string;
  /** Most MB of logs one request may read. */
  readonly BUSLENS_LIMIT_MB?: string;
  /** Most samples of one series in one answer. */
  readonly BUSLENS_POINTS?: string;
  /** Largest body of a request in MB, default 4. */
  readonly BUSLENS_BODY_MB?: string;
  /** MB of log bytes that an isolate keeps, default 16. */
  readonly BUSLENS_CACHE_MB?: string;
  /** Folder of the bucket that holds the device folders; "" = its root. */
  readonly BUSLENS_PREFIX?: string;
  /** An S3 bucket instead of R2. */
  readonly S3_ENDPOINT?: string;
  readonly S3_BUCKET?: string;
  readonly S3_REGION?: string;
  readonly S3_ACCESS_KEY_ID?: string;
  readonly S3_SECRET_ACCESS_KEY?: string;
}

const BYTES_PER_MB = 1024 * 1024;

/** Faults: `storage/unreachable` with a sentence that says what is not configured. */
export async function storeOf(env: Environment): Promise<LogStore> {
  const prefix = env.BUSLENS_PREFIX ?? "";
  const root = prefix === "" || prefix.endsWith("/") ? prefix : `${prefix}/`;
  const {
    S3_BUCKET: bucket,
    S3_ENDPOINT: endpoint,
    S3_REGION: region,
    S3_ACCESS_KEY_ID: accessKeyId,
    S3_SECRET_ACCESS_KEY: secretAccessKey,
  } = env;
  if (endpoint && !bucket) throw missing("S3_ENDPOINT is given, but S3_BUCKET, the name of the bucket there, is not");
  if (bucket) {
    if (!accessKeyId || !secretAccessKey)
      throw missing(
        "S3_BUCKET is given, but the secrets S3_ACCESS_KEY_ID and S3_SECRET_ACCESS_KEY are not: npx wrangler secret put",
      );
    // 90 KB of code and some 50 ms of start-up that a Worker on R2 does not pay.
    const { S3Store } = await import("../stores/s3.ts");
    return new S3Store({
      bucket,
      root,
      ...(endpoint ? { endpoint } : {}),
      ...(region ? { region } : {}),
      credentials: { accessKeyId, secretAccessKey },
    });
  }
  if (env.LOGS) return new R2Store(env.LOGS, { root });
  throw missing("no bucket is configured: bind an R2 bucket as LOGS, or give S3_ENDPOINT, S3_BUCKET, S3_REGION and the two keys");
}

const missing = (message: string): FaultError => new FaultError({ code: "storage/unreachable", message });

/** One bearer token, or nobody at all with the sentence that says how to set one. */
export function tokenCheckOf(env: Environment): TokenCheck {
  if (env.BUSLENS_TOKEN) return bearer(env.BUSLENS_TOKEN);
  return nobody("this Worker serves no data until its secret BUSLENS_TOKEN is set: npx wrangler secret put BUSLENS_TOKEN");
}

/** Faulty entries are left out: they could not match any origin. */
export const originsOf = (env: Environment): readonly string[] =>
  (env.BUSLENS_ALLOW_ORIGIN ?? "").split(/[\s,]+/).flatMap((text) => (text === "" ? [] : (originOf(text) ?? [])));

/** Faults: `input/bad-passwords`. */
export const passwordsOf = (env: Environment): Passwords =>
  env.BUSLENS_PASSWORDS ? parsePasswords(env.BUSLENS_PASSWORDS, "BUSLENS_PASSWORDS") : new Map();

export interface EnvironmentLimits {
  readonly budgetBytes: number | null;
  readonly budgetPoints: number | null;
  readonly bodyBytesMax: number;
  readonly cacheBytes: number;
}

/** An isolate has 128 MB, of which kernels take up to 50. */
const CACHE_BYTES = 16 * BYTES_PER_MB;

/** What is not set, or is no number, is left at its default; null = no limit. */
export function limitsOf(env: Environment): EnvironmentLimits {
  const bytesOf = (text: string | undefined): number | null => {
    const megabytes = numberOf(text);
    return megabytes === null ? null : Math.floor(megabytes * BYTES_PER_MB);
  };
  return {
    budgetBytes: bytesOf(env.BUSLENS_LIMIT_MB),
    budgetPoints: numberOf(env.BUSLENS_POINTS),
    bodyBytesMax: bytesOf(env.BUSLENS_BODY_MB) ?? BODY_BYTES_MAX,
    cacheBytes: bytesOf(env.BUSLENS_CACHE_MB) ?? CACHE_BYTES,
  };
}

function numberOf(text: string | undefined): number | null {
  const number = Number(text ?? "");
  return text && Number.isFinite(number) && number >= 0 ? number : null;
}
