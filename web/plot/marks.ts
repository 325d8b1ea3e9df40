/** Starts of sessions (solid) and splits (dotted), where damage begins, and bookmarks, over all stripes. */
import type { State } from "../state/model.ts";
import { sessionsOf } from "../state/recording.ts";
import { columnOf, type View } from "../state/view.ts";
import { type Paint, setFont, textWidth, vertical } from "./paint.ts";

export interface Mark {
  readonly kind: "session" | "split" | "damage" | "bookmark";
  /** null: belongs to none. */
  readonly device: string | null;
  readonly timeNs: bigint;
  readonly text: string;
}

type Asked = Pick<State, "heard" | "bookmarks">;
let known: { readonly asked: Asked; readonly marks: readonly Mark[] } | null = null;

/** All but the start of the recording itself, ascending; kept until what was heard or bookmarked changes. */
export function marksOf({ heard, bookmarks }: Asked): readonly Mark[] {
  if (known?.asked.heard !== heard || known.asked.bookmarks !== bookmarks) {
    known = { asked: { heard, bookmarks }, marks: findMarks({ heard, bookmarks }) };
  }
  return known.marks;
}

function findMarks({ heard, bookmarks }: Asked): Mark[] {
  const sessions = sessionsOf({ heard });
  const marks = sessions.flatMap(({ device, session, fromNs, logs }, i): Mark[] => [
    ...(i === 0 ? [] : [{ kind: "session", device, timeNs: fromNs, text: `session ${session}` } as const]),
    ...logs.flatMap(({ startNs, split }): Mark[] =>
      startNs === null || startNs === fromNs
        ? []
        : [{ kind: "split", device, timeNs: startNs, text: `split ${String(split).padStart(8, "0")}` }],
    ),
  ]);
  return [
    ...marks,
    ...damages(heard),
    ...bookmarks.map(({ timeNs, text }): Mark => ({ kind: "bookmark", device: null, timeNs, text })),
  ].sort((a, b) => (a.timeNs < b.timeNs ? -1 : a.timeNs > b.timeNs ? 1 : 0));
}

/** The last record before the damage is where the curve ends. */
const damages = (heard: State["heard"]): Mark[] =>
  Object.values(heard).flatMap(({ device, notices, logs }) =>
    notices.flatMap(({ fault }): Mark[] => {
      const log = logs.find(({ key }) => key === fault?.object);
      if (fault === undefined || !fault.code.startsWith("input/") || log?.endNs === undefined || log.endNs === null) return [];
      return [{ kind: "damage", device, timeNs: log.endNs, text: "damaged" }];
    }),
  );

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

export function drawMarks(paint: Paint, marks: readonly Mark[], frame: MarkFrame): void {
  const { view, gutter, width, height, named, devices } = frame;
  const { ratio } = paint;
  const inView = marks
    .filter(({ device }) => device === null || devices.has(device))
    .map((mark) => ({ mark, x: gutter + Math.floor(columnOf(view, mark.timeNs)) }))
    .filter(({ x }) => x >= gutter && x < gutter + width);
  let free = gutter;
  for (let i = 0; i < inView.length; ) {
    const first = inView[i];
    if (first === undefined) break;
    let count = 1;
    while ((inView[i + count]?.x ?? Number.POSITIVE_INFINITY) - first.x < NEAR_PX * ratio) count++;
    i += count;
    drawMark(paint, first.mark, first.x, height);
    if (named) free = nameMark(paint, count === 1 ? first.mark.text : `${count} marks`, first.x, free, gutter + width);
  }
}

function drawMark({ context, palette, ratio }: Paint, { kind }: Mark, x: number, height: number): void {
  const paint = { context, palette, ratio };
  context.fillStyle = kind === "damage" ? palette.error : kind === "bookmark" ? palette.t1 : palette.accent;
  if (kind === "session" || kind === "damage") vertical(paint, x, 0, height);
  else for (let y = 0; y < height; y += 6 * ratio) vertical(paint, x, y, y + 3 * ratio);
  if (kind !== "bookmark") return;
  const size = 4 * ratio;
  context.beginPath();
  context.moveTo(x, 0);
  context.lineTo(x + size, size);
  context.lineTo(x, 2 * size);
  context.lineTo(x - size, size);
  context.fill();
}

/** Returns from where on the next name has room. */
function nameMark(paint: Paint, text: string, x: number, free: number, right: number): number {
  const { context, ratio } = paint;
  setFont(paint, 11);
  const length = textWidth(paint, text);
  if (x < free || x + length + 8 * ratio > right) return free;
  context.textAlign = "left";
  context.textBaseline = "middle";
  context.fillText(text, x + 5 * ratio, 10 * ratio);
  return x + length + 12 * ratio;
}
