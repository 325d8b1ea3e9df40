/** POST /annotations: marks where sessions and splits begin. */
import { isCountedSession } from "../../../core/canedge/path.ts";
import type { Engine, LogEntry } from "../../../core/query/engine.ts";
import { toEpochMs } from "../../../core/time.ts";
import { isJsonObject, readJsonObject } from "../body.ts";
import type { Handler } from "../context.ts";
import { badParameter, jsonResponse, shorten } from "../fault-answer.ts";
import { pathOf } from "../tables/file-table.ts";
import { readRange } from "./query-body.ts";
import { listIn, objectIn } from "./target-text.ts";

const BYTES_PER_MB = 1024 * 1024; // the seed's MB, rounded down

/** Faults: `request/bad-json`, `request/bad-parameter`: the seed says `[]` to all of these. An empty query (a mark just made) is `[]` here too. */
export const annotations: Handler = async ({ request, app }) => {
  const body = await readJsonObject(request);
  const annotation = isJsonObject(body.annotation) ? body.annotation : {};
  const query = objectIn(annotation.query ?? body.target);
  if (query === null) return jsonResponse([]);
  const kind = typeof query.annotation === "string" ? query.annotation.toLowerCase() : "";
  if (kind !== "session" && kind !== "split")
    throw badParameter(
      `"annotation" must be "session" or "split", not ${shorten(JSON.stringify(query.annotation) ?? "missing")}`,
    );
  if (typeof query.device !== "string" || query.device === "") throw badParameter('an annotation query needs a "device"');
  const range = readRange(body, app.now());
  const marks: LogEntry[] = [];
  for (const device of listIn(query.device)) {
    // The device is a name, never a path.
    if (/[/\\]/.test(device)) continue;
    const logs = await app.engine.logs({ device, fromNs: range.fromNs, toNs: range.toNs + 1n }, request.signal);
    const splits = logs.filter(({ session }) => isCountedSession(session));
    marks.push(...(kind === "split" ? splits : await sessionStarts(device, splits, app.engine, request.signal)));
  }
  return jsonResponse(marks.flatMap(markOf));
};

/** The first split of each session: split 1, or the first there is. Only where split 1 is out of sight are all logs looked at. */
async function sessionStarts(
  device: string,
  splits: readonly LogEntry[],
  engine: Engine,
  signal: AbortSignal,
): Promise<readonly LogEntry[]> {
  const firsts = firstOfEach(splits);
  if (firsts.every(({ split }) => split === 1)) return firsts;
  const sessions = new Set(splits.map(({ session }) => session));
  return firstOfEach((await engine.logs({ device }, signal)).filter(({ session }) => sessions.has(session)));
}

function firstOfEach(splits: readonly LogEntry[]): readonly LogEntry[] {
  const firsts = new Map<string, LogEntry>();
  for (const entry of splits) {
    const first = firsts.get(entry.session);
    if (first === undefined || entry.split < first.split) firsts.set(entry.session, entry);
  }
  return [...firsts.values()];
}

function markOf(entry: LogEntry): readonly { time: number; text: string }[] {
  if (entry.storedFirstNs === null) return [];
  const session = /^\d+$/.test(entry.session) ? String(Number(entry.session)) : entry.session;
  const text = `${pathOf(entry)}\nSession: ${session}\nSplit: ${entry.split}\nSize: ${Math.floor(entry.sizeBytes / BYTES_PER_MB)} MB`;
  return [{ time: toEpochMs(entry.storedFirstNs), text }];
}
