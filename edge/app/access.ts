/** Who may read: one bearer token, compared by digest (design, decision 12; platform.md §7). */
import { type Fault, FaultError } from "../../core/fault.ts";

/** Null lets the request in. */
export type TokenCheck = (request: Request) => Promise<Fault | null>;

/** Everybody who reaches the server: only for one that listens on the loopback address. */
export const anyone: TokenCheck = async () => null;

/** Nobody, with the sentence that says what has to be done first. */
export const nobody =
  (message: string): TokenCheck =>
  async () => ({ code: "access/token-needed", message });

/** Requests with `Authorization: Bearer <token>`. */
export function bearer(token: string): TokenCheck {
  const wanted = digest(token);
  return async (request) => {
    const header = request.headers.get("Authorization");
    if (header === null)
      return {
        code: "access/token-needed",
        message:
          "send the token in a header: Authorization: Bearer <token> (in Grafana: a custom HTTP header of the data source)",
      };
    const sent = /^Bearer +(\S+) *$/i.exec(header)?.[1];
    if (sent === undefined)
      return { code: "access/token-wrong", message: "the Authorization header does not hold a bearer token" };
    if (!sameBytes(await digest(sent), await wanted))
      return { code: "access/token-wrong", message: "the bearer token is not the one of this server" };
    return null;
  };
}

/** Faults: `access/*`. */
export async function admit(check: TokenCheck, request: Request): Promise<void> {
  const refusal = await check(request);
  if (refusal !== null) throw new FaultError(refusal);
}

async function digest(text: string): Promise<Uint8Array> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text)));
}

// Both sides are 32 bytes of SHA-256; the time taken does not depend on where they differ.
function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  let difference = a.length ^ b.length;
  for (const [at, byte] of a.entries()) difference |= byte ^ (b[at] ?? 0);
  return difference === 0;
}
