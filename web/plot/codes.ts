/** A signal that says nothing but "not available", in words, and the way to see what it says (viewer.md §9, 23). */
import type { Plotted } from "../state/model.ts";
import { countText } from "../text/number.ts";

export const onlyCodesText = ({ info }: Pick<Plotted, "info">): string =>
  `${info.name}: ${countText(info.frames)} frames of ${info.message} were read, all say "not available".`;

/** Its codes are there to be drawn. */
export const saysOnlyCodes = (signal: Pick<Plotted, "info" | "notice" | "style">): boolean =>
  signal.style.codes === "gap" && signal.notice === onlyCodesText(signal);
