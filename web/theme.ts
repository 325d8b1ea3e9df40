/** Dark or light: the system's unless a person chose, the light one on paper; and what the canvas takes of it. */
import { type Palette, readPalette } from "./plot/palette.ts";
import type { Theme } from "./state/model.ts";
import type { Kept } from "./storage.ts";

/** The snippet in index.html reads it before the first paint. */
const KEY = "buslens.theme";

export interface Look {
  palette(): Palette;
  readonly theme: Theme;
  toggle(): void;
}

/** `changed` draws everything anew, at once: a browser that prints does not wait for a frame. */
export function createLook(root: HTMLElement, kept: Kept, changed: (theme: Theme) => void): Look {
  const light = matchMedia("(prefers-color-scheme: light)");
  const themeOf = (): Theme => (root.dataset.theme === "light" ? "light" : "dark");
  let palette = readPalette(root);
  let before: Theme = themeOf();

  function show(theme: Theme): void {
    root.dataset.theme = theme;
    palette = readPalette(root);
    changed(theme);
  }
  light.addEventListener("change", () => {
    if (kept.get(KEY) === null) show(light.matches ? "light" : "dark");
  });
  matchMedia("(forced-colors: active)").addEventListener("change", () => show(themeOf()));
  addEventListener("beforeprint", () => {
    before = themeOf();
    show("light");
  });
  addEventListener("afterprint", () => show(before));

  return {
    palette: () => palette,
    get theme() {
      return themeOf();
    },
    toggle() {
      const theme: Theme = themeOf() === "dark" ? "light" : "dark";
      kept.set(KEY, theme);
      show(theme);
    },
  };
}
