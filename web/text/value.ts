/** Values as a person reads them: the text of the value table, physical, raw or hex (viewer.md §4 and §9). */
import type { Plotted, Scaling } from "../state/model.ts";
import { valueText } from "./number.ts";

/** The integer in the frame that gave a physical value; null where it cannot be known. */
export function rawOf(scaling: Scaling | null, value: number): number | null {
  if (scaling === null || scaling.factor === 0) return null;
  const raw = Math.round((value - scaling.offset) / scaling.factor);
  return Number.isSafeInteger(raw) ? raw : null;
}

/** The value table's text; null without one. */
export function tableText({ valueTable, info }: Pick<Plotted, "valueTable" | "info">, value: number): string | null {
  if (valueTable === null) return null;
  return valueTable[String(rawOf(info.scaling, value) ?? value)] ?? null;
}

/** An integer of a frame is always a number: what is none said "not available" or "error". */
const NOT_AVAILABLE = "n/a";

/** As the legend shows it: text, or the number in the chosen form and decimals. `exact`: all its digits, where a double has not. */
export function shownValue(signal: Plotted, value: number, exact?: string): string {
  const { style, info, decimals } = signal;
  if (Number.isNaN(value) && info.scaling !== null) return NOT_AVAILABLE;
  const raw = style.form === "physical" ? null : rawOf(info.scaling, value);
  if (raw !== null) return style.form === "raw" ? String(raw).replace("-", "−") : hexText(raw, info.scaling?.lengthBits ?? 0);
  const text = tableText(signal, value);
  if (text === null && exact !== undefined && style.decimals === null) return exact.replace("-", "−");
  return text ?? valueText(value, style.decimals ?? decimals);
}

/** Two's complement in as many digits as the field has. */
function hexText(raw: number, lengthBits: number): string {
  const digits = Math.max(1, Math.ceil(lengthBits / 4));
  const unsigned = raw < 0 ? BigInt(raw) + (1n << BigInt(Math.max(lengthBits, 1))) : BigInt(raw);
  return `0x${unsigned.toString(16).toUpperCase().padStart(digits, "0")}`;
}

/** B − A; for texts whether they are the same. */
export function deltaText(signal: Plotted, a: number, b: number): string {
  if (signal.style.form === "physical" && tableText(signal, a) !== null) return a === b ? "=" : "≠";
  const by = b - a;
  if (Number.isNaN(by)) return "";
  const text = valueText(Math.abs(by), signal.style.decimals ?? signal.decimals);
  return by < 0 ? `−${text}` : by > 0 ? `+${text}` : text;
}
