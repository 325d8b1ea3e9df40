/** A canvas context with what every drawing function needs: device pixels, palette, cached text widths. */
import { middleEllipsis } from "../text/number.ts";
import type { Palette } from "./palette.ts";

export interface Paint {
  readonly context: CanvasRenderingContext2D;
  readonly palette: Palette;
  /** Device pixels per CSS pixel. */
  readonly ratio: number;
}

const widths = new Map<string, number>();
/**
 * Setting a font costs more than all the rest of a label, and asking for it as much. So each font has a number, which the context keeps beside it
 * as the offset of a shadow that nothing casts: `save`, `restore` and another size of the canvas treat both alike.
 */
const fonts = new Map<string, number>();

/** Called before texts that are drawn or measured. */
export function setFont({ context, palette, ratio }: Paint, sizePx: number, style = ""): void {
  const font = `${style} ${sizePx * ratio}px ${palette.font}`.trim();
  const number = fonts.get(font) ?? fonts.size + 1;
  fonts.set(font, number);
  if (context.shadowOffsetX === number) return;
  context.font = font;
  context.shadowOffsetX = number;
}

export function textWidth({ context }: Paint, text: string): number {
  const key = `${context.shadowOffsetX}|${text}`;
  const known = widths.get(key);
  if (known !== undefined) return known;
  if (widths.size > 5000) widths.clear();
  const width = context.measureText(text).width;
  widths.set(key, width);
  return width;
}

/** Cut in the middle until it fits; "" if not even a letter does. */
export function fitText(paint: Paint, text: string, room: number): string {
  if (textWidth(paint, text) <= room) return text;
  for (let length = text.length - 1; length >= 3; length--) {
    const cut = middleEllipsis(text, length);
    if (textWidth(paint, cut) <= room) return cut;
  }
  return "";
}

/** One device pixel, on whole device pixels. */
export function vertical({ context }: Paint, x: number, top: number, bottom: number): void {
  context.fillRect(Math.round(x), Math.round(top), 1, Math.round(bottom) - Math.round(top));
}

export function horizontal({ context }: Paint, y: number, left: number, right: number): void {
  context.fillRect(Math.round(left), Math.round(y), Math.round(right) - Math.round(left), 1);
}

export function clipped({ context }: Paint, x: number, y: number, width: number, height: number, draw: () => void): void {
  context.save();
  context.beginPath();
  context.rect(x, y, width, height);
  context.clip();
  draw();
  context.restore();
}

const hatches = new Map<string, CanvasPattern | null>();

/** Diagonal hatch, 6 CSS px apart, as a tile that is filled: a stroke per line cost more than all curves beside it. */
export function hatch({ context, ratio }: Paint, colour: string, x: number, y: number, width: number, height: number): void {
  const size = Math.max(2, Math.round(6 * ratio));
  const key = `${colour} ${size}`;
  let pattern = hatches.get(key);
  if (pattern === undefined) {
    pattern = hatchPattern(context, colour, size, ratio);
    hatches.set(key, pattern);
  }
  if (pattern === null) return;
  // Tiles hang on the canvas's corner, not on the area's, so that neighbouring areas meet.
  context.fillStyle = pattern;
  context.fillRect(Math.round(x), Math.round(y), Math.round(x + width) - Math.round(x), Math.round(height));
}

function hatchPattern(context: CanvasRenderingContext2D, colour: string, size: number, lineWidth: number): CanvasPattern | null {
  const tile = document.createElement("canvas");
  tile.width = size;
  tile.height = size;
  const pen = tile.getContext("2d");
  if (pen === null) return null;
  pen.strokeStyle = colour;
  pen.lineWidth = lineWidth;
  pen.beginPath();
  // The line and its two neighbours, whose ends reach into the tile's corners.
  for (const by of [-size, 0, size]) {
    pen.moveTo(by - 1, -1);
    pen.lineTo(by + size + 1, size + 1);
  }
  pen.stroke();
  return context.createPattern(tile, "repeat");
}
