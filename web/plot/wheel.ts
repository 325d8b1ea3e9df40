/** What a turn of the wheel, or two fingers on a trackpad, mean (viewer.md §4, "Pointer"). */
import { wheelFactor } from "../state/view.ts";

export type WheelAct =
  /** > 1 shows more. */
  | { readonly kind: "zoom"; readonly factor: number }
  /** CSS px; positive drags the picture to the right. */
  | { readonly kind: "pan"; readonly byX: number }
  /** CSS px; positive goes down. */
  | { readonly kind: "scroll"; readonly byY: number };

type Turned = Pick<WheelEvent, "deltaX" | "deltaY" | "deltaMode" | "altKey" | "ctrlKey" | "shiftKey">;

const PIXELS: readonly number[] = [1, 33, 800]; // a pixel, a line, a page

/** `scrolls`: a person wants the wheel to pan, and Shift to zoom. */
export function wheelAct(event: Turned, scrolls = false): WheelAct {
  const { deltaX, deltaY } = event;
  const pixels = PIXELS[event.deltaMode] ?? 1;
  // With Shift, browsers turn the wheel's own direction sideways.
  const turned = deltaY === 0 ? deltaX : deltaY;
  if (event.altKey) return { kind: "scroll", byY: turned * pixels };
  const mode = event.deltaMode === 1 ? 1 : event.deltaMode === 2 ? 2 : 0;
  if (event.ctrlKey) return { kind: "zoom", factor: wheelFactor(deltaY, mode, true) };
  const isSideways = !event.shiftKey && Math.abs(deltaX) > Math.abs(deltaY);
  if (isSideways) return { kind: "pan", byX: -deltaX * pixels };
  return event.shiftKey === scrolls
    ? { kind: "zoom", factor: wheelFactor(turned, mode, false) }
    : { kind: "pan", byX: -turned * pixels };
}
