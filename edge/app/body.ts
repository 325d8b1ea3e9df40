/** Request bodies: JSON whatever the content type says, because Infinity sends it as text/plain. */
import { FaultError } from "../../core/fault.ts";
import type { Asked } from "./context.ts";
import { DEPTH_MAX, depthOf } from "./depth.ts";

/** Unless the host says otherwise: a dashboard of 200 panels with all its scopedVars is about 0.5 MB. */
export const BODY_BYTES_MAX = 4 * 1024 * 1024;

/**
 * The parsed body; `undefined` if it is empty. Faults: `request/bad-json`, `limit/too-large`.
 */
export async function readJson({ request, app }: Asked): Promise<unknown> {
  const text = await readText(request, app.bodyBytesMax ?? BODY_BYTES_MAX);
  if (text.trim() === "") return undefined;
  const found = depthOf(text);
  if (found > DEPTH_MAX)
    throw new FaultError({
      code: "request/bad-json",
      message: `the body is nested ${found} deep; ${DEPTH_MAX} are allowed`,
      found,
      allowed: DEPTH_MAX,
    });
  try {
    return JSON.parse(text) as unknown;
  } catch (error) {
    const detail = error instanceof Error ? error.message : "";
    throw new FaultError({ code: "request/bad-json", message: `the body is not JSON: ${detail.slice(0, 120)}` });
  }
}

/** A JSON object. Faults: `request/bad-json`, also if the body is empty or something else. */
export async function readJsonObject(asked: Asked): Promise<JsonObject> {
  const value = await readJson(asked);
  if (isJsonObject(value)) return value;
  throw new FaultError({ code: "request/bad-json", message: `the body must be a JSON object, not ${kindOf(value)}` });
}

export type JsonObject = { readonly [key: string]: unknown };

export const isJsonObject = (value: unknown): value is JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** In words, for messages. */
export function kindOf(value: unknown): string {
  if (value === undefined) return "nothing";
  if (value === null) return "null";
  if (Array.isArray(value)) return "an array";
  return typeof value === "object" ? "an object" : `a ${typeof value}`;
}

async function readText(request: Request, bytesMax: number): Promise<string> {
  const announced = Number(request.headers.get("Content-Length") ?? "0");
  if (announced > bytesMax) throw tooLarge(announced, bytesMax);
  if (request.body === null) return "";
  const reader = request.body.getReader();
  const decoder = new TextDecoder();
  let text = "";
  let bytes = 0;
  for (;;) {
    const { done, value } = await reader.read().catch(() => {
      throw new FaultError({ code: "request/cancelled", message: "the request body did not arrive in full" });
    });
    if (done) return text + decoder.decode();
    bytes += value.length;
    if (bytes > bytesMax) {
      await reader.cancel();
      throw tooLarge(bytes, bytesMax);
    }
    text += decoder.decode(value, { stream: true });
  }
}

const tooLarge = (found: number, allowed: number): FaultError =>
  new FaultError({
    code: "limit/too-large",
    message: `the request body has ${found} bytes or more; ${allowed} are allowed`,
    found,
    allowed,
  });
