/** What the transport streams of a log lost, as a document and back. */
import { FRAME_CAUSES, type LossCause, MESSAGE_CAUSES } from "../bus/transport.ts";
import { arrayOf, countOf, listOf, objectOf, timeOf } from "../kernel/kept-values.ts";
import { streamKeyOf } from "./kept-streams.ts";
import type { LogLosses, StreamLosses } from "./log-losses.ts";

const STREAMS_MAX = 4096;
const LOSSES_MAX = 1 << 16;
const CAUSES: readonly LossCause[] = [...MESSAGE_CAUSES, ...FRAME_CAUSES];

export const lossesDocument = (streams: LogLosses): object => ({
  lost: streams.map(({ key, losses }) => ({
    key,
    losses: losses.map(({ timeNs, cause, frames }) => [`${timeNs}`, cause, frames]),
  })),
});

/** null: it is none, or not one of ours. */
export const parseLosses = (value: unknown): LogLosses | null => listOf(objectOf(value)?.lost, STREAMS_MAX, streamOf);

function streamOf(value: unknown): StreamLosses | null {
  const given = objectOf(value);
  const key = streamKeyOf(given?.key);
  const losses = listOf(given?.losses, LOSSES_MAX, lossOf);
  return key === null || losses === null ? null : { key, losses };
}

function lossOf(value: unknown): StreamLosses["losses"][number] | null {
  const given = arrayOf(value, 3);
  const timeNs = timeOf(given?.[0]);
  const cause = CAUSES.find((one) => one === given?.[1]);
  const frames = countOf(given?.[2]);
  return timeNs === null || cause === undefined || frames === null ? null : { timeNs, cause, frames };
}
