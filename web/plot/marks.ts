/** Starts of sessions (solid) and splits (dotted), where damage begins, bookmarks, over all stripes; losses over those they hurt. */
import { LOSS_WORDS, type Loss } from "../../core/query/transport-losses.ts";
import type { StripeBox } from "../state/layout.ts";
import type { State, Stripe } from "../state/model.ts";
import { sessionsOf } from "../state/recording.ts";
import { columnOf, endNs, type View } from "../state/view.ts";
import { type Damage, damagesOf, drawCross, hatchDamage } from "./damage.ts";
import { streamsOf } from "./losses.ts";
import { type Paint, setFont, textWidth, vertical } from "./paint.ts";
import type { Palette } from "./palette.ts";

export interface Mark {
  readonly kind: "session" | "split" | "damage" | "cut" | "loss" | "bookmark";
  /** null: belongs to none. */
  readonly device: string | null;
  readonly timeNs: bigint;
  readonly text: string;
  /** What the pointer is told there. */
  readonly sentence: string;
  /** Of a loss: the stream whose signals it is missing from. */
  readonly stream: string | null;
  /** Of damage: where the curves go on; null: nowhere. */
  readonly untilNs?: bigint | null;
}

type Asked = Pick<State, "heard" | "bookmarks" | "losses">;
let known: { readonly asked: Asked; readonly marks: readonly Mark[] } | null = null;

/** All but the start of the recording itself, ascending; kept until what was heard or bookmarked changes. */
export function marksOf({ heard, bookmarks, losses }: Asked): readonly Mark[] {
  if (known?.asked.heard !== heard || known.asked.bookmarks !== bookmarks || known.asked.losses !== losses) {
    const asked = { heard, bookmarks, losses };
    known = { asked, marks: findMarks(asked) };
  }
  return known.marks;
}

function findMarks({ heard, bookmarks, losses }: Asked): Mark[] {
  const sessions = sessionsOf({ heard });
  const marks = sessions.flatMap(({ device, session, fromNs, logs }, i): Mark[] => [
    ...(i === 0
      ? []
      : [markOf("session", device, fromNs, `session ${session}`, `${device} was switched on: session ${session}`)]),
    ...logs.flatMap(({ startNs, split }): Mark[] =>
      startNs === null || startNs === fromNs
        ? []
        : [
            markOf(
              "split",
              device,
              startNs,
              `split ${padded(split)}`,
              `${device} began a new file: split ${padded(split)} of session ${session}`,
            ),
          ],
    ),
  ]);
  return [
    ...marks,
    ...damagesOf(heard).map(damageMark),
    ...Object.entries(losses).flatMap(([device, own]) => own.map((loss) => lossMark(device, loss))),
    ...bookmarks.map(({ timeNs, text }) => markOf("bookmark", null, timeNs, text, `Bookmark "${text}"`)),
  ].sort((a, b) => (a.timeNs < b.timeNs ? -1 : a.timeNs > b.timeNs ? 1 : 0));
}

const markOf = (kind: Mark["kind"], device: string | null, timeNs: bigint, text: string, sentence: string): Mark => ({
  kind,
  device,
  timeNs,
  text,
  sentence,
  stream: null,
});
const padded = (split: number): string => String(split).padStart(8, "0");

const lossMark = (device: string, { timeNs, stream, cause, frames }: Loss): Mark => ({
  ...markOf("loss", device, timeNs, "lost", `${stream}: a message was lost, ${LOSS_WORDS[cause]} (${framesText(frames)})`),
  stream,
});
const framesText = (frames: number): string => (frames === 1 ? "1 frame of it seen" : `${frames} frames of it seen`);

const damageMark = ({ kind, device, timeNs, untilNs, sentence }: Damage): Mark => ({
  ...markOf(kind, device, timeNs, kind === "cut" ? "cut short" : "damaged", sentence),
  untilNs,
});

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
  const inView = marks.filter(({ kind, device }) => kind !== "loss" && (device === null || devices.has(device)));
  // Its line may be left of the view.
  for (const mark of inView) hatchDamage(paint, mark, frame);
  let free = gutter;
  for (const { x, together } of joined(inView, view, width, ratio)) {
    const first = weightiest(together);
    if (first === undefined) continue;
    drawMark(paint, first, gutter + x, height);
    const text = together.length === 1 ? first.text : `${together.length} marks`;
    if (named) free = nameMark(paint, text, gutter + x, free, gutter + width);
  }
}

const WEIGHTS: readonly Mark["kind"][] = ["damage", "cut", "session", "bookmark", "split", "loss"];
/** The one that is drawn for all. */
const weightiest = (marks: readonly Mark[]): Mark | undefined =>
  WEIGHTS.flatMap((kind) => marks.find((mark) => mark.kind === kind) ?? [])[0];

interface Joined {
  /** Device px from the plot's left edge. */
  readonly x: number;
  readonly together: readonly Mark[];
}

/** Those in view, ascending; closer ones than 6 px as one. */
function joined(marks: readonly Mark[], view: View, width: number, ratio: number): Joined[] {
  const groups: { x: number; together: Mark[] }[] = [];
  const end = firstFrom(marks, endNs(view, width));
  for (const mark of marks.slice(firstFrom(marks, view.fromNs), end)) {
    const x = Math.floor(columnOf(view, mark.timeNs));
    const group = groups.at(-1);
    if (group !== undefined && x - group.x < NEAR_PX * ratio) group.together.push(mark);
    else groups.push({ x, together: [mark] });
  }
  return groups;
}

/** Index of the first mark at or after a time: a broken cable has a hundred thousand, and this is asked in every frame. */
function firstFrom(marks: readonly Mark[], timeNs: bigint): number {
  let low = 0;
  let high = marks.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((marks[middle]?.timeNs ?? timeNs) < timeNs) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Of one stripe: a triangle at its top for each loss of a stream its signals come by, with the count where several are close. */
export function drawLosses(
  paint: Paint,
  losses: readonly Mark[],
  { view, gutter, width }: Pick<MarkFrame, "view" | "gutter" | "width">,
  topPx: number,
): void {
  const { context, palette, ratio } = paint;
  const [top, size] = [Math.round(topPx * ratio) + ratio, 4 * ratio];
  for (const { x, together } of joined(losses, view, width, ratio)) {
    context.fillStyle = palette.warn;
    context.beginPath();
    context.moveTo(gutter + x - size, top);
    context.lineTo(gutter + x + size, top);
    context.lineTo(gutter + x, top + 1.75 * size);
    context.fill();
    if (together.length === 1) continue;
    setFont(paint, 10);
    context.textAlign = "left";
    context.textBaseline = "top";
    context.fillText(String(together.length), gutter + x + size + 2 * ratio, top);
  }
}

const ofStripes = new WeakMap<readonly Mark[], WeakMap<Stripe["signals"], readonly Mark[]>>();

/** Those that belong to a stripe: losses of the streams its signals come by. Kept as long as marks and signals are the same. */
export function lossesOf(marks: readonly Mark[], { signals }: Pick<Stripe, "signals">, state: State): readonly Mark[] {
  const kept = ofStripes.get(marks) ?? new WeakMap<Stripe["signals"], readonly Mark[]>();
  ofStripes.set(marks, kept);
  const own = kept.get(signals) ?? findLosses(marks, signals, state);
  kept.set(signals, own);
  return own;
}

function findLosses(marks: readonly Mark[], signals: Stripe["signals"], { plotted, heard }: State): Mark[] {
  const infos = signals.flatMap((id) => plotted[id]?.info ?? []);
  return marks.filter(
    ({ kind, device, stream }) =>
      kind === "loss" &&
      stream !== null &&
      infos.some((info) => info.selector.device === device && streamsOf(heard, info).has(stream)),
  );
}

const SENTENCES_MAX = 4;

/** What stands at a place of the plot, in sentences; "" if nothing is near. `x` in device px. */
export function sentencesAt(marks: readonly Mark[], view: View, x: number, ratio: number): string {
  const near = marks.filter(({ timeNs }) => Math.abs(columnOf(view, timeNs) - x) <= NEAR_PX * ratio);
  const more = near.length - SENTENCES_MAX;
  const shown = near.slice(0, SENTENCES_MAX).map(({ sentence }) => sentence);
  return [...shown, ...(more > 0 ? [`and ${more} more`] : [])].join("\n");
}

/** As `sentencesAt`, for a point of the plot in CSS px: marks of all stripes, and the losses of the one under it. */
export function marksUnder(state: State, boxes: readonly StripeBox[], x: number, y: number): string {
  if (state.view === null) return "";
  const marks = marksOf(state);
  const box = boxes.find(({ top, height }) => y >= top && y < top + height);
  const own = box === undefined ? [] : lossesOf(marks, box.stripe, state);
  return sentencesAt(
    [...marks.filter(({ kind }) => kind !== "loss"), ...own],
    state.view,
    x * state.pixelRatio,
    state.pixelRatio,
  );
}

const COLOURS: Readonly<Record<Mark["kind"], (palette: Palette) => string>> = {
  damage: ({ error }) => error,
  cut: ({ warn }) => warn,
  loss: ({ warn }) => warn,
  bookmark: ({ t1 }) => t1,
  session: ({ accent }) => accent,
  split: ({ accent }) => accent,
};

function drawMark({ context, palette, ratio }: Paint, { kind }: Mark, x: number, height: number): void {
  const paint = { context, palette, ratio };
  context.fillStyle = COLOURS[kind](palette);
  if (kind === "session" || kind === "damage") vertical(paint, x, 0, height);
  else for (let y = 0; y < height; y += 6 * ratio) vertical(paint, x, y, y + 3 * ratio);
  if (kind === "damage" || kind === "cut") drawCross(paint, x);
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
  context.fillText(text, x + 7 * ratio, 10 * ratio);
  return x + length + 12 * ratio;
}
