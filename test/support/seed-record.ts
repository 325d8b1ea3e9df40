/** Records of the CANedge Grafana Backend's answers, and how an answer of ours is compared with one (golden/seed-http/README.md). */

export interface SeedRequest {
  readonly method: string;
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  readonly afterMs?: number;
}

export interface SeedAnswer {
  readonly status: number;
  readonly body?: unknown;
  readonly text?: string;
}

export interface Expect {
  readonly status?: readonly number[];
  readonly body?: unknown;
  readonly headers?: string;
  readonly set?: boolean;
  readonly sorted?: boolean;
  readonly startsWith?: boolean;
  readonly contains?: boolean | readonly string[];
  readonly superset?: boolean;
  readonly rows?: readonly number[];
  readonly leadingGap?: "optional";
  readonly each?: Expect;
}

export interface SeedRecord {
  readonly name: string;
  readonly tree: string;
  readonly flags: readonly string[];
  readonly how?: "sequence" | "parallel";
  readonly request: SeedRequest | readonly SeedRequest[];
  readonly response: SeedAnswer | readonly SeedAnswer[];
  readonly must: "same" | "same-values" | "fixed";
  readonly why: string;
  readonly bug?: string;
  readonly expect?: Expect;
  readonly tol?: { readonly timeMs?: number; readonly time?: "bucket" };
}

/** What we answered. `body` is the parsed JSON, or the text if it is none. */
export interface OurAnswer {
  readonly status: number;
  readonly headers: Headers;
  readonly isJson: boolean;
  readonly body: unknown;
}

type Point = readonly [value: number | null, timeMs: number | null];

interface Item {
  readonly refId?: string;
  readonly target?: string;
  readonly datapoints?: readonly Point[];
  readonly columns?: unknown;
  readonly rows?: readonly unknown[];
  readonly meta?: { readonly notices?: readonly { readonly text: string }[] };
}

/** Relative error of values that is let pass. */
const VALUE_REL = 1e-9;

/** The first difference as a sentence; null if the answer is as it must be. */
export function difference(record: SeedRecord, request: SeedRequest, seed: SeedAnswer, ours: OurAnswer): string | null {
  const expect = record.expect?.each ?? record.expect ?? {};
  const status = expect.status ?? [seed.status];
  if (!status.includes(ours.status)) return `status ${ours.status}, not ${status.join(" or ")}`;
  if (record.must === "fixed") return fixedDifference(record, request, seed, ours, expect);
  // Allowed statuses beside the recorded one: what is in the body is then our own choice.
  if (ours.status !== seed.status) return ours.isJson ? null : "not JSON";
  if (typeof expect.body === "string") return wordsDifference(expect.body, record, request, seed, ours);
  if (request.method === "HEAD") return null;
  if (record.must === "same")
    return sameBody(withoutMeta(ours.body), seed.body, expect) ? null : `body ${shown(ours.body)}, not ${shown(seed.body)}`;
  return valuesDifference(record, request, seed.body, ours.body, expect);
}

function fixedDifference(
  record: SeedRecord,
  request: SeedRequest,
  seed: SeedAnswer,
  ours: OurAnswer,
  expect: Expect,
): string | null {
  if (expect.headers !== undefined) return corsDifference(request, ours);
  if (Array.isArray(expect.contains) && Array.isArray(ours.body)) {
    const body: readonly unknown[] = ours.body;
    const missing = expect.contains.find((name) => !body.includes(name));
    if (missing !== undefined) return `${missing} is missing in ${shown(body)}`;
  }
  if (Array.isArray(expect.body))
    return sameBody(ours.body, expect.body, {}) ? null : `body ${shown(ours.body)}, not ${shown(expect.body)}`;
  return typeof expect.body === "string" ? wordsDifference(expect.body, record, request, seed, ours) : null;
}

function corsDifference(request: SeedRequest, ours: OurAnswer): string | null {
  const origin = ours.headers.get("Access-Control-Allow-Origin");
  if (origin !== request.headers?.Origin) return `Access-Control-Allow-Origin is ${origin}`;
  const methods = ours.headers.get("Access-Control-Allow-Methods") ?? "";
  const headers = (ours.headers.get("Access-Control-Allow-Headers") ?? "").toLowerCase();
  return methods.includes("POST") && headers.includes("content-type") ? null : `preflight grants ${methods} with ${headers}`;
}

const items = (body: unknown): readonly Item[] => (Array.isArray(body) ? (body as readonly Item[]) : []);
const noticesOf = (item: Item | undefined): readonly string[] =>
  (item?.meta?.notices ?? []).map(({ text }) => text).filter((text) => text.length > 10);

/** The words of `expect.body`, each with what it asks for. */
function wordsDifference(
  words: string,
  record: SeedRecord,
  request: SeedRequest,
  seed: SeedAnswer,
  ours: OurAnswer,
): string | null {
  if (!ours.isJson) return `not JSON: ${shown(ours.body)}`;
  const message = (ours.body as { message?: unknown } | null)?.message;
  const series = items(ours.body);
  const full = (): string | null =>
    seed.status === 200 && record.tol ? valuesDifference(record, request, seed.body, ours.body, {}) : null;
  const requireThat = (holds: boolean, what: string): string | null => (holds ? null : `${what}: ${shown(ours.body)}`);
  switch (words) {
    case "json":
      return null;
    case "array":
      return requireThat(Array.isArray(ours.body), "no array");
    case "json error":
    case "json error with message":
      return requireThat(typeof message === "string" && message.length > 10, "no message");
    case "one series":
      return requireThat(series.length === 1 && Array.isArray(series[0]?.datapoints), "not one series");
    case "two series":
      return requireThat(series.length === 2 && series.every((item) => (item.datapoints?.length ?? 0) > 0), "not two series");
    case "only refId B":
      return valuesDifference(
        record,
        request,
        items(seed.body).filter(({ refId }) => refId === "B"),
        ours.body,
        {},
      );
    case "json; other targets answered; a notice naming the reason": {
      const good = series.filter(({ refId }) => refId === "Z");
      const wantsGood = JSON.stringify(request.body).includes('"Z"');
      if (wantsGood && !good.some((item) => (item.datapoints?.length ?? 0) > 0))
        return `the good target is not answered: ${shown(ours.body)}`;
      return requireThat(
        series.some((item) => noticesOf(item).length > 0),
        "no notice",
      );
    }
    case "values as stored; a trailing gap mark is allowed":
      return valuesDifference(record, request, seed.body, series.map(withoutLastGap), {});
    case "series Nope has empty datapoints": {
      const nope = series.find(({ target }) => target?.endsWith(":Nope"));
      if (nope?.datapoints?.length !== 0) return `Nope is ${shown(nope)}`;
      const speed = (body: unknown): readonly Item[] => items(body).filter(({ target }) => target?.endsWith(":Speed"));
      return valuesDifference(record, request, speed(seed.body), speed(ours.body), {});
    }
    case "both answered":
      return requireThat(series.length === 2, "not both answered");
    case "A and B both as query-nearest/no duplicates": {
      const [recorded] = items(seed.body);
      const half = recorded?.datapoints?.slice(0, (recorded.datapoints.length / 2) | 0) ?? [];
      const both = ["A", "B"].map((refId) => ({ ...recorded, refId, datapoints: half }));
      return valuesDifference(record, request, both, ours.body, {});
    }
    case "no data":
      return requireThat(ours.status === 400 || series.every((item) => (item.datapoints ?? []).length === 0), "data");
    case "all data, or a prefix plus meta.notices":
    case "all data, or notices": {
      const isPart = series.some((item) => noticesOf(item).length > 0);
      return isPart ? null : full();
    }
    case "[] or a table without rows":
      return requireThat(
        series.every((item) => Array.isArray(item.rows) && item.rows.length === 0),
        "rows",
      );
    case "one table":
      return requireThat(series.length === 1 && (series[0]?.rows?.length ?? 0) > 0, "not one table");
    case "two tables with refId": {
      const [first] = items(seed.body);
      const isBoth = series.length === 2 && series.every((item) => Array.isArray(item.rows)) && series[1]?.refId === "B";
      return first === undefined || !isBoth
        ? `not two tables: ${shown(ours.body)}`
        : tablesDifference(record, [first], series.slice(0, 1), {});
    }
    case "other files answered, notice":
      return requireThat(series.length === 1 && Array.isArray(series[0]?.rows) && noticesOf(series[0]).length > 0, "no notice");
    case "datapoints present":
    case "datapoints present if matched by PGN; a reason if not":
    case "one value per message, see tp group":
      return requireThat(series.length > 0 && series.every((item) => (item.datapoints?.length ?? 0) > 0), "no datapoints");
    case "datapoints present, values 98": {
      const values = series.flatMap((item) => item.datapoints ?? []).map(([value]) => value);
      return requireThat(values.length > 0 && values.every((value) => value === null || value === 98), "not 98");
    }
    case "one mark":
      return requireThat(Array.isArray(ours.body) && ours.body.length === 1, "not one mark");
    case "notice":
      return requireThat(series.length > 0 && noticesOf(series[0]).length > 0, "no notice");
    case "data of the good split, notice":
      return requireThat((series[0]?.datapoints?.length ?? 0) > 0 && noticesOf(series[0]).length > 0, "no data or no notice");
    default:
      return `nobody knows how to check "${words}"`;
  }
}

/** `must: same-values`: what may differ is taken out, the rest must be equal. */
function valuesDifference(record: SeedRecord, request: SeedRequest, seed: unknown, ours: unknown, expect: Expect): string | null {
  if (!Array.isArray(seed) || !Array.isArray(ours))
    return sameBody(ours, seed, expect) ? null : `body ${shown(ours)}, not ${shown(seed)}`;
  const isSeries = request.path.endsWith("/query");
  if (isSeries && items(seed).some(({ rows }) => rows !== undefined))
    return tablesDifference(record, items(seed), items(ours), expect);
  if (!isSeries) return listDifference(record, seed, ours, expect);
  const theirs = items(seed);
  const kept =
    expect.contains === true ? items(ours).filter(({ refId }) => theirs.some((item) => item.refId === refId)) : items(ours);
  if (kept.length !== theirs.length) return `${kept.length} series, not ${theirs.length}`;
  // A record of the group "sequence" asks for MAX without saying so in its tolerance; the stamps of MIN and MAX are the bucket's everywhere.
  const isExtreme = /\\"method\\": *\\"(min|max)/i.test(JSON.stringify(request.body));
  const bucketMs = record.tol?.time === "bucket" || isExtreme ? bucketOf(request) : null;
  for (const [at, item] of theirs.entries()) {
    const found = kept[at] ?? {};
    if (found.target !== item.target || found.refId !== item.refId)
      return `series ${found.refId} ${found.target}, not ${item.refId} ${item.target}`;
    const wrong = expect.superset
      ? supersetDifference(item.datapoints ?? [], found.datapoints ?? [], record.tol?.timeMs ?? 1, bucketOf(request))
      : pointsDifference(item.datapoints ?? [], found.datapoints ?? [], record.tol?.timeMs ?? 1, bucketMs, expect);
    if (wrong !== null) return `${item.target}: ${wrong}`;
  }
  return null;
}

/** Tables: columns and rows in order, the times in the first column within the tolerance. */
function tablesDifference(record: SeedRecord, seed: readonly Item[], ours: readonly Item[], expect: Expect): string | null {
  if (ours.length !== seed.length) return `${ours.length} tables, not ${seed.length}`;
  for (const [at, { columns, rows = [] }] of seed.entries()) {
    const found = ours[at]?.rows ?? [];
    if (!equal(ours[at]?.columns, columns)) return `columns ${shown(ours[at]?.columns)}, not ${shown(columns)}`;
    if (expect.rows !== undefined && !expect.rows.includes(found.length)) return `${found.length} rows, not ${expect.rows}`;
    if (expect.rows === undefined && found.length !== rows.length) return `${found.length} rows, not ${rows.length}`;
    const wrong = found.findIndex((row, i) => !sameRow(row, rows[i], record.tol?.timeMs ?? 1));
    if (wrong >= 0) return `row ${wrong} is ${shown(found[wrong])}, not ${shown(rows[wrong])}`;
  }
  return null;
}

function sameRow(ours: unknown, seed: unknown, timeMs: number): boolean {
  if (!Array.isArray(ours) || !Array.isArray(seed)) return false;
  const [ourTime, ...ourRest] = ours as unknown[];
  const [time, ...rest] = seed as unknown[];
  if (!Number.isInteger(ourTime)) return false;
  return Math.abs(Number(ourTime) - Number(time)) < timeMs && equal(ourRest, rest);
}

/** Lists of names, of {text, value}, of marks: times within the tolerance, other fields equal. */
function listDifference(record: SeedRecord, seed: readonly unknown[], ours: readonly unknown[], expect: Expect): string | null {
  if (expect.set || expect.sorted || expect.startsWith)
    return sameBody(ours, seed, expect) ? null : `${shown(ours)}, not ${shown(seed)}`;
  const timeMs = record.tol?.timeMs ?? 0;
  const same = (a: unknown, b: unknown): boolean => {
    const [left, right] = [a, b] as { time?: number; text?: string; value?: unknown }[];
    if (typeof left?.time !== "number" || typeof right?.time !== "number") return equal(a, b);
    return Math.abs(left.time - right.time) < timeMs && left.text === right.text;
  };
  // A session whose split 1 is missing has no mark in the seed.
  const more = record.why.includes("we may add one");
  const missing = seed.find((item) => !ours.some((own) => same(own, item)));
  if (missing !== undefined) return `${shown(missing)} is missing in ${shown(ours)}`;
  if (ours.length !== seed.length && !more) return `${ours.length} items, not ${seed.length}: ${shown(ours)}`;
  return more || ours.every((own, at) => same(own, seed[at])) ? null : `another order: ${shown(ours)}`;
}

function pointsDifference(
  seed: readonly Point[],
  ours: readonly Point[],
  timeMs: number,
  bucketMs: number | null,
  expect: Expect,
): string | null {
  const skipsGap = expect.leadingGap === "optional" && seed[0]?.[0] === null && ours[0]?.[0] !== null;
  const theirs = skipsGap ? seed.slice(1) : seed;
  if (ours.length !== theirs.length) return `${ours.length} points, not ${theirs.length}: ${shown(ours)}, not ${shown(theirs)}`;
  let before = Number.NEGATIVE_INFINITY;
  for (const [at, [value, time]] of theirs.entries()) {
    const [ourValue, ourTime] = ours[at] ?? [null, null];
    if (ourTime === null ? value !== null : ourTime < before) return `point ${at} at ${ourTime} is not after the one before`;
    before = ourTime ?? before;
    if (value === null) {
      if (ourValue !== null) return `point ${at} is ${ourValue}, not a gap`;
      continue;
    }
    if (ourValue === null || Math.abs(ourValue - value) > VALUE_REL * Math.abs(value))
      return `point ${at} is ${ourValue}, not ${value}`;
    if (time === null || ourTime === null) continue;
    if (!Number.isInteger(ourTime)) return `point ${at} at ${ourTime}, not a whole ms`;
    const isNear = bucketMs === null ? Math.abs(ourTime - time) < timeMs : inSameBucket(ourTime, time, bucketMs);
    if (!isNear) return `point ${at} at ${ourTime}, not ${time}`;
  }
  return null;
}

/** Further points are fine. A recorded one must be there at its time, or, thinned by the interval, an equal value within the interval. */
function supersetDifference(seed: readonly Point[], ours: readonly Point[], timeMs: number, intervalMs: number): string | null {
  const wrong = ours.findIndex(([, time], at) => !Number.isInteger(time) || (time ?? 0) < (ours[at - 1]?.[1] ?? 0));
  if (wrong >= 0) return `point ${wrong} at ${ours[wrong]?.[1]}, not a whole ms after the one before`;
  for (const [value, time] of seed) {
    if (value === null || time === null) continue;
    const isEqual = (own: number | null): boolean => own !== null && Math.abs(own - value) <= VALUE_REL * Math.abs(value);
    const at = ours.find(([, ourTime]) => ourTime !== null && Math.abs(ourTime - time) < timeMs);
    const near = ours.some(([own, ourTime]) => ourTime !== null && Math.abs(ourTime - time) <= intervalMs && isEqual(own));
    if (at ? !isEqual(at[0]) : !near) return `${value} at ${time} is missing: ${shown(ours)}`;
  }
  return null;
}

const MS_PER_DAY = 86_400_000;

/** Buckets of the seed: from midnight UTC. A ms is allowed for times rounded down out of their bucket. */
function inSameBucket(ours: number, seed: number, bucketMs: number): boolean {
  const bucket = (time: number): number => Math.floor((time % MS_PER_DAY) / bucketMs);
  return (
    Math.abs(ours - seed) <= bucketMs &&
    (bucket(ours) === bucket(seed) || bucket(ours + 1) === bucket(seed) || bucket(ours) === bucket(seed + 1))
  );
}

const bucketOf = (request: SeedRequest): number => Number((request.body as { intervalMs: unknown }).intervalMs);

/** Deeply equal; order of object keys does not count. */
function sameBody(ours: unknown, seed: unknown, expect: Expect): boolean {
  if (!Array.isArray(ours) || !Array.isArray(seed)) return equal(ours, seed);
  const texts = (list: readonly unknown[]): string[] => list.map((one) => stable(one));
  if (expect.set) return [...new Set(texts(ours))].sort().join() === [...new Set(texts(seed))].sort().join();
  if (expect.sorted) return texts(ours).sort().join() === texts(seed).sort().join();
  if (expect.startsWith) return equal(ours.slice(0, seed.length), seed);
  return equal(ours, seed);
}

const equal = (a: unknown, b: unknown): boolean => stable(a) === stable(b);

const stable = (value: unknown): string =>
  JSON.stringify(value, (_key, held: unknown) =>
    typeof held === "object" && held !== null && !Array.isArray(held)
      ? Object.fromEntries(Object.entries(held).sort(([a], [b]) => (a < b ? -1 : 1)))
      : held,
  ) ?? "undefined";

/** Notices on series without data are asked for by the same issue as these records, so they do not count as a difference. */
const withoutMeta = (body: unknown): unknown =>
  Array.isArray(body) ? body.map((item: unknown) => (isObject(item) ? { ...item, meta: undefined } : item)) : body;
const isObject = (value: unknown): value is object => typeof value === "object" && value !== null && !Array.isArray(value);

function withoutLastGap(item: Item): Item {
  const points = item.datapoints ?? [];
  return points.at(-1)?.[0] === null ? { ...item, datapoints: points.slice(0, -1) } : item;
}

const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? "nothing";
  return text.length > 300 ? `${text.slice(0, 300)}…` : text;
};
