/** Which raw frames are rows: the same words in a Grafana target and in a query string. */
import type { FrameQuery } from "../../../core/query/frame-rows.ts";
import { badParameter } from "../fault-answer.ts";
import { listIn } from "../grafana/target-text.ts";

type Filter = Pick<FrameQuery, "bus" | "channels" | "ids" | "extended">;

const ID_MAX = 0x1fffffff;

/** `itf`, `chn`, `id` (decimal or 0x…; lists in any of Grafana's forms), `extended`. Faults: `request/bad-parameter`. */
export function frameFilterOf(valueAt: (name: string) => unknown): Filter {
  const itf = textsOf(valueAt("itf"))[0]?.toUpperCase();
  if (itf !== undefined && itf !== "CAN" && itf !== "LIN") throw badParameter('"itf" must be CAN or LIN', itf);
  const channels = textsOf(valueAt("chn")).map(channelOf);
  const ids = textsOf(valueAt("id")).map(idOf);
  const extended = textsOf(valueAt("extended"))[0];
  return {
    ...(itf === undefined ? {} : { bus: itf }),
    ...(channels.length === 0 ? {} : { channels }),
    ...(ids.length === 0 ? {} : { ids }),
    ...(extended === undefined ? {} : { extended: extended === "1" || extended === "true" }),
  };
}

function textsOf(value: unknown): readonly string[] {
  if (value === undefined || value === null || value === "") return [];
  if (Array.isArray(value)) return value.flatMap(textsOf);
  return listIn(String(value));
}

function channelOf(text: string): number {
  const channel = Number(/^(?:ch|can|lin)?(\d{1,3})$/i.exec(text)?.[1] ?? Number.NaN);
  if (channel >= 0 && channel <= 255) return channel;
  throw badParameter('"chn" must be CH1, CH2 …', text);
}

function idOf(text: string): number {
  const id = /^(0x[0-9a-f]{1,8}|\d{1,10})$/i.test(text) ? Number(text) : Number.NaN;
  if (id <= ID_MAX) return id;
  throw badParameter('"id" must be an identifier such as 2024 or 0x7E8', text);
}
