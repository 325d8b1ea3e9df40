/** Endpoints of newer JSON plugins are not answered yet: an empty list, so that their editors open. */
import { readJson } from "../body.ts";
import type { Handler } from "../context.ts";
import { jsonResponse } from "../fault-answer.ts";

/** `[]`, once the body is JSON or empty. Faults: `request/bad-json`. */
export const none: Handler = async ({ request }) => {
  await readJson(request);
  return jsonResponse([]);
};
