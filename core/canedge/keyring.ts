/** Keys of encrypted logs: PBKDF2-HMAC-SHA-256 of WebCrypto, once per password, salt and iteration count (formats: canedge.md §10). */
import { FaultError } from "../fault.ts";
import type { EncryptedHeader } from "./container.ts";

/** The part of WebCrypto that is used; null where a browser has switched it off. */
export type Cryptography = Pick<SubtleCrypto, "importKey" | "deriveBits" | "encrypt" | "decrypt">;

export interface Keyring {
  readonly cryptography: Cryptography;
  /** For AES-CTR. Faults: `limit/too-large` where the host refuses so many iterations. */
  key(password: string, header: EncryptedHeader, object: string): Promise<CryptoKey>;
}

const KEYS_MAX = 1024;
/** What hosted Workers allow at most, as far as is known; other hosts take what the header may say. */
const HOSTED_ITERATIONS_MAX = 100_000;

/** Faults: `access/no-cryptography` when the first key is asked for. `shared`: who wants a key that is being derived waits for it (see OpenLogsOptions). */
export function createKeyring(
  cryptography: Cryptography | null = globalThis.crypto?.subtle ?? null,
  options: { readonly shared?: boolean } = {},
): Keyring {
  const keys = new Map<string, CryptoKey>();
  const deriving = new Map<string, Promise<CryptoKey>>();
  return {
    get cryptography() {
      return available(cryptography);
    },
    async key(password, header, object) {
      const name = `${header.iterations} ${header.salt.join()} ${password}`;
      const known = keys.get(name);
      if (known) return known;
      const running = options.shared ? deriving.get(name) : undefined;
      const derived = running ?? derive(available(cryptography, object), password, header, object);
      deriving.set(name, derived);
      const key = await derived.finally(() => deriving.delete(name));
      if (keys.size >= KEYS_MAX) keys.delete(keys.keys().next().value ?? "");
      keys.set(name, key);
      return key;
    },
  };
}

function available(cryptography: Cryptography | null, object?: string): Cryptography {
  if (cryptography !== null) return cryptography;
  throw new FaultError({
    code: "access/no-cryptography",
    message:
      "Encrypted logs cannot be opened over plain http on another host, because the browser switches off its cryptography there. Use https or localhost",
    ...(object === undefined ? {} : { object }),
  });
}

async function derive(
  cryptography: Cryptography,
  password: string,
  { iterations, salt }: EncryptedHeader,
  object: string,
): Promise<CryptoKey> {
  const secret = await cryptography.importKey("raw", new TextEncoder().encode(password), "PBKDF2", false, ["deriveBits"]);
  let bits: ArrayBuffer;
  try {
    bits = await cryptography.deriveBits({ name: "PBKDF2", hash: "SHA-256", salt, iterations }, secret, 256);
  } catch (error) {
    if (iterations <= HOSTED_ITERATIONS_MAX) throw error;
    throw new FaultError({
      code: "limit/too-large",
      message: `The key of this log takes ${iterations} iterations (PBKDF2), and this host derives at most ${HOSTED_ITERATIONS_MAX}. Open it with the command or the viewer, which have no such bound`,
      object,
      atByte: 32,
      found: iterations,
      allowed: HOSTED_ITERATIONS_MAX,
    });
  }
  return cryptography.importKey("raw", bits, "AES-CTR", false, ["encrypt", "decrypt"]);
}
