/** A label cut in the middle to the room it has, with the letters the filter found in the accent colour. */
import { middleEllipsis } from "../text/number.ts";

/** Text pieces, lit or not. Cutting keeps the lit letters that are still there. */
export function pieces(
  label: string,
  lit: readonly number[],
  length: number,
): { readonly text: string; readonly lit: boolean }[] {
  const cut = middleEllipsis(label, length);
  const head = cut.indexOf("…") < 0 || cut === label ? label.length : cut.indexOf("…");
  const tailShift = label.length - cut.length;
  const isLit = (at: number): boolean => (at < head ? lit.includes(at) : at > head && lit.includes(at + tailShift));
  const result: { text: string; lit: boolean }[] = [];
  for (let at = 0; at < cut.length; at++) {
    const last = result.at(-1);
    if (last !== undefined && last.lit === isLit(at)) last.text += cut.charAt(at);
    else result.push({ text: cut.charAt(at), lit: isLit(at) });
  }
  return result;
}
