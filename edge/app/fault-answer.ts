/** What a fault looks like over HTTP: a status, and JSON with one sentence at the top (formats/grafana-api.md §5). */
import { type Fault, type FaultCode, FaultError } from "../../core/fault.ts";
import { hintOf } from "./fault-hints.ts";

/** Seconds a client should wait before it asks again, for what passes by itself. */
const RETRY_AFTER_S = 5;

/** HTTP status of a fault. 403 also where no token came: Grafana's proxy turns a 401 into a text of its own and drops ours. */
export function statusOf(code: FaultCode): number {
  switch (code) {
    case "request/bad-json":
    case "request/bad-parameter":
      return 400;
    case "access/token-needed":
    case "access/token-wrong":
    case "access/wrong-host":
    case "access/password-needed":
    case "access/password-wrong":
    case "access/not-authentic":
    case "access/no-cryptography":
      return 403;
    case "request/unknown-series":
    case "request/not-found":
    case "storage/missing":
      return 404;
    case "request/method-not-allowed":
      return 405;
    case "limit/too-large":
      return 413;
    case "input/empty":
    case "input/not-mdf":
    case "input/unsupported-version":
    case "input/unsupported":
    case "input/bad-block":
    case "input/bad-container":
    case "input/bad-record":
    case "input/truncated":
    case "input/bad-dbc":
    case "input/bad-passwords":
      return 422;
    case "limit/too-many":
      return 429;
    case "request/cancelled":
      return 499;
    case "bug/unbalanced":
    case "bug/unexpected":
      return 500;
    case "storage/short":
    case "storage/no-ranges":
    case "storage/refused":
    case "storage/cors":
      return 502;
    case "storage/changed":
    case "storage/unreachable":
      return 503;
  }
}

/** `{message, error: {code, message, …, hint?}}`; `message` is what Grafana shows. */
export function faultBody(fault: Fault): { readonly message: string; readonly error: Fault & { readonly hint?: string } } {
  const hint = hintOf(fault.code);
  return { message: sentenceOf(fault), error: hint === null ? fault : { ...fault, hint } };
}

/** The fault's sentence with the object it is about in front. */
export const sentenceOf = (fault: Fault): string =>
  fault.object === undefined ? fault.message : `${fault.object}: ${fault.message}`;

/** The whole answer. */
export function faultResponse(fault: Fault, headers: Readonly<Record<string, string>> = {}): Response {
  const status = statusOf(fault.code);
  const retry = status === 429 || status === 503 ? { "Retry-After": String(RETRY_AFTER_S) } : {};
  return jsonResponse(faultBody(fault), status, { ...retry, ...headers });
}

/** JSON that is small and ready. */
export function jsonResponse(body: unknown, status = 200, headers: Readonly<Record<string, string>> = {}): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { "Content-Type": JSON_TYPE, "Cache-Control": "no-store", ...headers },
  });
}

export const JSON_TYPE = "application/json; charset=utf-8";

/** The fault an error stands for. What is not a fault is our mistake: its text may hold paths, so it is not passed on. */
export function faultOf(error: unknown): Fault {
  if (error instanceof FaultError) return error.fault;
  if (error instanceof Error && error.name === "AbortError")
    return { code: "request/cancelled", message: "the request was cancelled" };
  return { code: "bug/unexpected", message: "buslens failed where it should not have; its log says more" };
}

/** Our own mistakes, after which an answer cannot be trusted. */
export const isBug = (fault: Fault): boolean => fault.code.startsWith("bug/");

/** Shorthand for a request that cannot be understood. */
export function badParameter(message: string, found?: string): FaultError {
  return new FaultError({ code: "request/bad-parameter", message, ...(found === undefined ? {} : { found: shorten(found) }) });
}

/** At most `max` characters, with a sign that something is missing. */
export const shorten = (text: string, max = 100): string => (text.length <= max ? text : `${text.slice(0, max - 1)}…`);
