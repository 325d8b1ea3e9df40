/** `buslens inspect FILE --dbc D…`: what the databases make of a log, channel by channel, for people. */
import { idText } from "../../core/bus/id-text.ts";
import { TP_CM_PGN, TP_DT_PGN } from "../../core/bus/transport.ts";
import type { Passwords } from "../../core/canedge/passwords.ts";
import { pgnOf } from "../../core/dbc/match.ts";
import type { ChannelFit, Engine, HeardId, HeardMatch } from "../../core/query/engine.ts";
import type { GivenDbc } from "../app/context.ts";
import { transportDocument } from "./documents.ts";
import { hostEngine, loadKernel } from "./host-engine.ts";
import { logFiles } from "./log-files.ts";
import { type Cell, tableText } from "./table.ts";

/** Identifiers of one channel, as listed; further ones are counted. */
const ROWS_MAX = 40;
const UNMATCHED_MAX = 16;

/** The report, LF at its end, and what a reader should know besides. Faults: `input/*`, `access/*`, `storage/*`. */
export async function inspectReport(
  file: string,
  dbcs: readonly GivenDbc[],
  passwords: Passwords,
  signal: AbortSignal,
): Promise<string> {
  const engine = hostEngine(await loadKernel(), await logFiles([file], signal), dbcs, passwords);
  const [device] = await engine.devices({ names: false }, signal);
  if (device === undefined) return "";
  const { ids } = await engine.heard({ device: device.device }, signal);
  const fits = await engine.fits(device.device, signal);
  const streams = streamsOf((await transportDocument(file, null, null, passwords, signal)).text);
  const channels = [...new Set(ids.map(({ bus, channel }) => `${bus} ${channel}`))];
  return (await warningsText(engine, signal)) + channels.map((name) => channelText(name, ids, fits, streams)).join("");
}

function channelText(name: string, all: readonly HeardId[], fits: readonly ChannelFit[], streams: readonly Stream[]): string {
  const ids = all.filter(({ bus, channel }) => `${bus} ${channel}` === name);
  const own = streams.filter(({ channel }) => `CAN ${channel}` === name);
  const carried = new Set(own.flatMap(({ id, extended }) => (id === undefined ? [] : [`${id} ${extended}`])));
  const hasJ1939 = own.some(({ protocol }) => protocol === "j1939-21");
  const isCarried = ({ id, extended }: HeardId) =>
    carried.has(`${id} ${extended}`) || (hasJ1939 && extended && (pgnOf(id) === TP_CM_PGN || pgnOf(id) === TP_DT_PGN));
  const matched = ids.filter(({ matches }) => matches.length > 0);
  const left = ids.filter((id) => id.matches.length === 0 && !isCarried(id));
  const fitting = fits.find(({ bus, channel }) => `${bus} ${channel}` === name);
  return [
    `\n${name}: ${count(ids.length, "identifier")}, ${count(framesOf(ids), "frame")}, ${rateText(ratesOf(ids))}\n`,
    shareText("matched", matched, ids),
    idTable(matched),
    own.length === 0 ? "" : `transported messages\n${streamTable(own)}`,
    left.length === 0 ? "" : shareText("not matched", left, ids) + unmatchedText(left),
    fitting ? fitText(fitting) : "",
  ].join("");
}

const framesOf = (ids: readonly HeardId[]): number => ids.reduce((sum, { frames }) => sum + frames, 0);
const ratesOf = (ids: readonly HeardId[]): number => ids.reduce((sum, { rateHz }) => sum + (rateHz ?? 0), 0);
const count = (number: number, what: string): string => `${number} ${what}${number === 1 ? "" : "s"}`;
const rateText = (rateHz: number): string => `${Number(rateHz.toPrecision(3))} Hz`;
const hexId = ({ id, extended }: Pick<HeardId, "id" | "extended">): string => idText(id, extended);

function shareText(what: string, some: readonly HeardId[], all: readonly HeardId[]): string {
  const percent = ((100 * framesOf(some)) / framesOf(all)).toFixed(1);
  return `${what}: ${count(some.length, "identifier")}, ${count(framesOf(some), "frame")} (${percent} %)\n`;
}

const RULES: Readonly<Record<HeardMatch["rule"], string>> = { exact: "exact", transport: "transport", group: "parameter group" };

/** A line per identifier and database; what another database takes is marked. */
function idTable(ids: readonly HeardId[]): string {
  if (ids.length === 0) return "";
  const rows = ids
    .slice(0, ROWS_MAX)
    .flatMap((one) =>
      one.matches.map(({ message, db, rule, sourceAddress, binding }, i): readonly Cell[] => [
        i === 0 ? hexId(one) : null,
        i === 0 ? one.frames : null,
        i === 0 && one.rateHz !== null ? rateText(one.rateHz) : null,
        i === 0 ? lengthText(one) : null,
        message,
        db,
        `${RULES[rule]}${sourceAddress === null ? "" : ` from ${sourceAddress}`}`,
        binding === null ? "another database is used" : binding === "only" ? null : binding,
      ]),
    );
  const more = ids.length > ROWS_MAX ? `and ${count(ids.length - ROWS_MAX, "identifier")} more\n` : "";
  return tableText(["id", "frames", "rate", "bytes", "message", "database", "rule", "binding"], rows) + more;
}

const lengthText = ({ minLengthBytes, maxLengthBytes }: HeardId): string =>
  minLengthBytes === maxLengthBytes ? String(minLengthBytes) : `${minLengthBytes}–${maxLengthBytes}`;

function unmatchedText(ids: readonly HeardId[]): string {
  const most = [...ids].sort((a, b) => b.frames - a.frames);
  const named = most.slice(0, UNMATCHED_MAX).map((one) => `${hexId(one)} (${one.frames})`);
  const more = ids.length > UNMATCHED_MAX ? ` and ${ids.length - UNMATCHED_MAX} more` : "";
  return `  ${named.join(", ")}${more}\n`;
}

interface Stream {
  readonly protocol: string;
  readonly channel: number;
  readonly id?: number;
  readonly extended?: boolean;
  readonly pgn?: number;
  readonly source?: number;
  readonly frames: number;
  readonly messages: number;
  readonly lost: Readonly<Record<string, number>>;
}

const streamsOf = (text: string): readonly Stream[] => (JSON.parse(text) as { readonly streams: readonly Stream[] }).streams;

function streamTable(streams: readonly Stream[]): string {
  const rows = streams.map(({ protocol, id, extended, pgn, source, frames, messages, lost }): readonly Cell[] => {
    const place =
      id !== undefined
        ? hexId({ id, extended: extended ?? false })
        : pgn === undefined
          ? "all"
          : `PGN ${pgn}${source === undefined ? "" : ` from ${source}`}`;
    const causes = Object.entries(lost).map(([cause, number]) => `${number} ${cause}`);
    return [protocol, place, frames, messages, causes.length === 0 ? "nothing" : causes.join(", ")];
  });
  return tableText(["protocol", "stream", "frames", "messages", "lost"], rows);
}

/** Best first; with one database only how well it fits. */
function fitText({ fits }: ChannelFit): string {
  const percent = (share: number) => `${Math.round(100 * share)} %`;
  const rows = fits.map(({ file, fit }): readonly Cell[] => [
    file,
    fit.score.toFixed(2),
    percent(fit.frames),
    percent(fit.ids),
    ...(fit.frames === 0 ? [null, null, null] : [percent(fit.lengths), percent(fit.mux), percent(fit.ranges)]),
  ]);
  return `how well they fit\n${tableText(["database", "score", "frames", "ids", "lengths", "multiplexors", "ranges"], rows)}`;
}

async function warningsText(engine: Engine, signal: AbortSignal): Promise<string> {
  const dbcs = await engine.dbcs(signal);
  const lines = dbcs
    .filter(({ warnings }) => warnings.length > 0)
    .map(({ file, warnings }) => `${file}: ${count(warnings.length, "warning")} (buslens dbc ${file})\n`);
  return lines.length === 0 ? "" : `\n${lines.join("")}`;
}
