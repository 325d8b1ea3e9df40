/** POST /tag-keys and /tag-values: what ad hoc filters may be made of. */
import { isJsonObject, readJson } from "../body.ts";
import type { Handler } from "../context.ts";
import { jsonResponse } from "../fault-answer.ts";
import { optionsOf, rangeOf } from "./search.ts";
import { LISTS } from "./variables.ts";

const KEYS = ["device", ...LISTS];

/** Faults: `request/bad-json`. */
export const tagKeys: Handler = async (asked) => {
  await readJson(asked);
  return jsonResponse(KEYS.map((text) => ({ type: "string", text })));
};

/** Values of one key; of a key nobody knows none. Faults: `request/bad-json`, `storage/*`. */
export const tagValues: Handler = async (asked) => {
  const { request, app } = asked;
  const body = await readJson(asked);
  const key = isJsonObject(body) ? body.key : null;
  if (typeof key !== "string" || !KEYS.includes(key)) return jsonResponse([]);
  const found = await optionsOf({ search: key, db: "*" }, rangeOf(body, app), app, request.signal);
  return jsonResponse(found.map(({ text }) => ({ text })));
};
