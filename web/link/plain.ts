/** The plain form of a link, for Grafana and people: ?dev=…&sig=…&from=…&to=…&at=… (viewer.md §7, docs/viewer.md). */
import type { SignalInfo } from "../state/model.ts";
import { MANY } from "../state/stripes.ts";
import { glob } from "../tree/filter.ts";

const TEXT_MAX = 512;

export interface PlainView {
  readonly device: string | null;
  /** `message.signal` or `signal`, with wildcards. */
  readonly signals: readonly string[];
  readonly fromNs: bigint | null;
  readonly toNs: bigint | null;
  readonly atNs: bigint | null;
  /** Signals beyond those that a link may bring. */
  readonly left: number;
  /** Parameters that say nothing that can be read, as they came. */
  readonly wrong: readonly string[];
}

/** null: the address asks for nothing of a view. `src` is another's business. */
export function parsePlain(search: string): PlainView | null {
  const given = new URLSearchParams(search);
  if (!["dev", "sig", "from", "to", "at"].some((key) => given.has(key))) return null;
  const wrong: string[] = [];
  const time = (key: string): bigint | null => {
    const text = given.get(key);
    const ns = text === null ? null : timeOf(text);
    if (text !== null && ns === null) wrong.push(`${key}=${text.slice(0, 40)}`);
    return ns;
  };
  return {
    device: given.get("dev")?.slice(0, TEXT_MAX) ?? null,
    signals: given
      .getAll("sig")
      .slice(0, MANY)
      .map((text) => text.slice(0, TEXT_MAX)),
    left: Math.max(0, given.getAll("sig").length - MANY),
    fromNs: time("from"),
    toNs: time("to"),
    atNs: time("at"),
    wrong,
  };
}

/** Epoch ms as Grafana's `${__from}`, or ISO. */
function timeOf(text: string): bigint | null {
  if (/^-?\d{1,14}$/.test(text)) return BigInt(text) * 1_000_000n;
  const ms = /^\d{4}-\d{2}-\d{2}/.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(ms) ? null : BigInt(ms) * 1_000_000n;
}

/** The signals that are meant, and the terms that mean none. */
export function findSignals(
  { device, signals }: PlainView,
  here: readonly SignalInfo[],
): { readonly found: readonly SignalInfo[]; readonly missing: readonly string[]; readonly left: number } {
  const own = here.filter(({ selector }) => device === null || selector.device === device);
  const found = new Set<SignalInfo>();
  const missing: string[] = [];
  for (const term of signals) {
    const wanted = term.toLowerCase();
    const hits = own.filter(
      ({ name, message }) => glob(wanted, name.toLowerCase()) || glob(wanted, `${message}.${name}`.toLowerCase()),
    );
    if (hits.length === 0) missing.push(term);
    for (const hit of hits) found.add(hit);
  }
  return { found: [...found].slice(0, MANY), missing, left: Math.max(0, found.size - MANY) };
}
