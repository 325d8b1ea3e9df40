/** Starts of sessions (solid) and splits (dotted) over all stripes. */
import type { State } from "../state/model.ts";
import { sessionsOf } from "../state/recording.ts";
import { columnOf, type View } from "../state/view.ts";
import { type Paint, setFont, textWidth, vertical } from "./paint.ts";

export interface Mark {
  readonly kind: "session" | "split";
  readonly device: string;
  readonly timeNs: bigint;
  readonly text: string;
}

const known = new WeakMap<State["heard"], Mark[]>();

/** All but the start of the recording itself, ascending; kept as long as what was heard. */
export function marksOf({ heard }: Pick<State, "heard">): readonly Mark[] {
  const marks = known.get(heard) ?? findMarks({ heard });
  known.set(heard, marks);
  return marks;
}

function findMarks(state: Pick<State, "heard">): Mark[] {
  const marks: Mark[] = [];
  for (const session of sessionsOf(state)) {
    marks.push({ kind: "session", device: session.device, timeNs: session.fromNs, text: `session ${session.session}` });
    for (const log of session.logs) {
      if (log.startNs === null || log.startNs === session.fromNs) continue;
      marks.push({
        kind: "split",
        device: session.device,
        timeNs: log.startNs,
        text: `split ${String(log.split).padStart(8, "0")}`,
      });
    }
  }
  marks.sort((a, b) => (a.timeNs < b.timeNs ? -1 : a.timeNs > b.timeNs ? 1 : 0));
  return marks.slice(1);
}

export interface MarkFrame {
  readonly view: View;
  readonly gutter: number;
  readonly width: number;
  readonly height: number;
  /** Names stand beside the lines where the legend does not cover them. */
  readonly named: boolean;
  /** Marks of other devices than those plotted would say nothing about the curves. */
  readonly devices: ReadonlySet<string>;
}

const NEAR_PX = 6; // closer marks join into one

export function drawMarks(
  paint: Paint,
  marks: readonly Mark[],
  { view, gutter, width, height, named, devices }: MarkFrame,
): void {
  const { context, palette, ratio } = paint;
  let free = gutter;
  let before = Number.NEGATIVE_INFINITY;
  context.fillStyle = palette.accent;
  for (const mark of marks) {
    if (!devices.has(mark.device)) continue;
    const x = gutter + columnOf(view, mark.timeNs);
    if (x < gutter || x >= gutter + width || x - before < NEAR_PX * ratio) continue;
    before = x;
    if (mark.kind === "session") vertical(paint, x, 0, height);
    else for (let y = 0; y < height; y += 6 * ratio) vertical(paint, x, y, y + 3 * ratio);
    if (!named) continue;
    setFont(paint, 11);
    const length = textWidth(paint, mark.text);
    if (x < free || x + length + 8 * ratio > gutter + width) continue;
    context.textAlign = "left";
    context.textBaseline = "middle";
    context.fillText(mark.text, x + 4 * ratio, 10 * ratio);
    free = x + length + 12 * ratio;
  }
}
