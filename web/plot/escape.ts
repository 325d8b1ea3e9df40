/** Escape gives up what a pointer is doing (viewer.md §6), before the page's own Escape. */

/** `cancel` says whether there was something to give up. */
export function onEscape(cancel: () => boolean): void {
  addEventListener(
    "keydown",
    (event) => {
      if (event.key !== "Escape" || !cancel()) return;
      event.preventDefault();
      event.stopPropagation();
    },
    { capture: true },
  );
}
