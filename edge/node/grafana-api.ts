/** Calls of Grafana's HTTP API with a service account's token; what it says against them becomes a sentence. Routes by uid only: those by number are off in Grafana 13. */
import { FaultError } from "../../core/fault.ts";

export interface GrafanaAnswer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface GrafanaApi {
  /** As it is shown: without a slash at its end. */
  readonly url: string;
  /** Answers of 200, and those whose status is among `expected`. Faults: `access/*`, `storage/*`. */
  call(method: "GET" | "POST" | "PUT", path: string, options?: CallOptions): Promise<GrafanaAnswer>;
}

interface CallOptions {
  readonly body?: object;
  readonly expected?: readonly number[];
}

/** Grafana answers within a second; a gateway before it may take its time. */
const CALL_MS = 20_000;

/** `url` is where people open Grafana, with its path if it lies below one. */
export function grafanaApi(url: string, token: string): GrafanaApi {
  const base = url.replace(/\/+$/, "");
  const call: GrafanaApi["call"] = async (method, path, { body, expected = [] } = {}) => {
    const response = await sent(base, `${base}/api${path}`, {
      method,
      headers: {
        Accept: "application/json",
        Authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { "Content-Type": "application/json" }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      // A redirect leads to a login page, or to another server that must not get the token.
      redirect: "manual",
      signal: AbortSignal.timeout(CALL_MS),
    });
    const json = await jsonOf(response, base);
    if (response.ok || expected.includes(response.status)) return { status: response.status, body: json };
    throw refused(base, `${method} /api${path}`, response.status, json);
  };
  return { url: base, call };
}

async function sent(base: string, url: string, init: RequestInit): Promise<Response> {
  try {
    return await fetch(url, init);
  } catch (error) {
    const isLate = error instanceof Error && error.name === "TimeoutError";
    const cause = error instanceof Error && error.cause instanceof Error && "code" in error.cause ? ` (${error.cause.code})` : "";
    const message = isLate
      ? `Grafana did not answer within ${CALL_MS / 1000} s`
      : `no Grafana can be reached there${cause}; check --url, and that it runs`;
    throw new FaultError({ code: "storage/unreachable", object: base, message });
  }
}

async function jsonOf(response: Response, base: string): Promise<GrafanaAnswer["body"]> {
  const text = await response.text();
  if (response.status >= 300 && response.status < 400) throw noGrafana(base, `it redirects (${response.status})`);
  try {
    const json: unknown = JSON.parse(text);
    if (typeof json === "object" && json !== null) return json as GrafanaAnswer["body"];
  } catch {}
  // Gateways answer in HTML when Grafana behind them does not.
  if (response.status >= 500)
    throw new FaultError({
      code: "storage/unreachable",
      object: base,
      message: `the server there answers ${response.status}; try again when Grafana runs`,
    });
  throw noGrafana(base, "its answer is no JSON");
}

export const noGrafana = (base: string, why: string): FaultError =>
  new FaultError({
    code: "request/bad-parameter",
    object: base,
    message: `this is not Grafana's address: ${why}; --url is what stands in the browser when Grafana is open, without the part behind its root`,
  });

function refused(base: string, call: string, status: number, { message }: GrafanaAnswer["body"]): FaultError {
  const said = typeof message === "string" && message !== "" ? `: ${message.slice(0, 200)}` : "";
  const fault = { object: base, found: status };
  if (status === 401)
    return new FaultError({
      ...fault,
      code: "access/token-wrong",
      message: "Grafana does not know the token; make one under Administration, Service accounts, and give it with --token",
    });
  if (status === 403)
    return new FaultError({
      ...fault,
      code: "access/token-wrong",
      message: `the token may not do this (${call}); its service account needs the role Admin, or the permissions to write data sources, folders and dashboards`,
    });
  return new FaultError({ ...fault, code: "storage/refused", message: `Grafana answers ${status} to ${call}${said}` });
}
