/** Where a log is damaged: everything behind is hatched until the next log of the device begins. Where one was cut short: a mark. */
import type { State } from "../state/model.ts";
import { columnOf, type View } from "../state/view.ts";
import { faultSentence } from "../text/sentences.ts";
import { hatch, type Paint } from "./paint.ts";

export interface Damage {
  readonly kind: "damage" | "cut";
  readonly device: string;
  /** Of the last record before it, which is where the curves end. */
  readonly timeNs: bigint;
  /** Where the device's next log begins; null: it was the last. */
  readonly untilNs: bigint | null;
  readonly sentence: string;
}

export const damagesOf = (heard: State["heard"]): Damage[] =>
  Object.values(heard).flatMap(({ device, notices, logs }) =>
    notices.flatMap(({ fault }): Damage[] => {
      const log = logs.find(({ key }) => key === fault?.object);
      const timeNs = log?.endNs ?? null;
      if (fault === undefined || timeNs === null || !fault.code.startsWith("input/")) return [];
      const starts = logs.flatMap(({ startNs }) => (startNs !== null && startNs > timeNs ? [startNs] : []));
      const untilNs = starts.reduce<bigint | null>((next, start) => (next === null || start < next ? start : next), null);
      const kind = fault.code === "input/truncated" ? "cut" : "damage";
      return [{ kind, device, timeNs, untilNs, sentence: faultSentence(fault) }];
    }),
  );

/** Device px. */
export interface DamageFrame {
  readonly view: View;
  readonly gutter: number;
  readonly width: number;
  readonly height: number;
}

export function hatchDamage(
  paint: Paint,
  { kind, timeNs, untilNs = null }: { readonly kind: string; readonly timeNs: bigint; readonly untilNs?: bigint | null },
  { view, gutter, width, height }: DamageFrame,
): void {
  if (kind !== "damage") return;
  const from = Math.max(0, columnOf(view, timeNs));
  const to = untilNs === null ? width : Math.min(width, columnOf(view, untilNs));
  if (to - from < 1) return;
  paint.context.globalAlpha = 0.3;
  hatch(paint, paint.palette.error, gutter + from, 0, to - from, height);
  paint.context.globalAlpha = 1;
}

/** A cross at the top of the line. */
export function drawCross({ context, ratio }: Paint, x: number): void {
  const size = 4 * ratio;
  const top = 3 * ratio;
  context.strokeStyle = context.fillStyle;
  context.lineWidth = 2 * ratio;
  context.beginPath();
  context.moveTo(x - size, top);
  context.lineTo(x + size, top + 2 * size);
  context.moveTo(x + size, top);
  context.lineTo(x - size, top + 2 * size);
  context.stroke();
}
