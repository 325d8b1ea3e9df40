/** Numbers of one legend column stand with their decimal points below each other, and stay there while they change (viewer.md §10, 3 and 4). */
import type { Plotted, State, Stripe } from "../state/model.ts";
import { DECIMAL_MARK } from "../text/number.ts";
import { shownValue } from "../text/value.ts";

const DECIMALS_MAX = 3;
/** A float has six figures (viewer.md §9): those that its largest value leaves behind the point. */
const FIGURES = 6;

/** Decimals a column of the stripe needs, so that every signal's numbers have room. */
export const columnDecimals = ({ signals }: Pick<Stripe, "signals">, plotted: State["plotted"]): number =>
  Math.max(0, ...signals.flatMap((id) => (plotted[id] === undefined ? [] : [decimalsOf(plotted[id])])));

function decimalsOf({ style, decimals, extremes }: Plotted): number {
  if (style.form !== "physical") return 0;
  const fixed = style.decimals ?? decimals;
  if (fixed !== null) return Math.min(fixed, DECIMALS_MAX);
  const [low, high] = extremes ?? [0, 0];
  const largest = Math.max(Math.abs(low), Math.abs(high));
  const whole = largest < 1 ? 1 : Math.floor(Math.log10(largest)) + 1;
  return Math.max(0, FIGURES - whole);
}

const TEXT_MAX = 16;

/** Characters of the longest value a signal has shown or can show: its cell stays this wide. */
export function widestValue(signal: Plotted): number {
  const { valueTable, extremes } = signal;
  const texts = valueTable !== null && signal.style.form === "physical" ? Object.values(valueTable) : [];
  const numbers = texts.length > 0 ? [] : (extremes ?? []).map((value) => shownValue(signal, value));
  return Math.min(TEXT_MAX, Math.max(0, ...[...texts, ...numbers].map(({ length }) => length)));
}

const NUMBER = /^[+−]?\d+(?:[.,](\d+))?$/;

/** What is missing behind a number, to be drawn unseen: "", "0", ".00"; texts and hex stand as they are. */
export function paddingOf(text: string, columnDecimals: number): string {
  const found = NUMBER.exec(text);
  if (found === null) return "";
  const own = found[1]?.length ?? 0;
  if (own >= columnDecimals) return "";
  return `${own === 0 ? DECIMAL_MARK : ""}${"0".repeat(columnDecimals - own)}`;
}
