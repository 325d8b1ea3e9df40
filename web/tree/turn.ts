/** When the tree is drawn: with the frame that shows what was typed into its filter, else in a task behind the frame. */
import type { State } from "../state/model.ts";
import type { Tree } from "./tree.ts";

/** Rows of a tree and a plot together would hold the page for too long when a log opens; a key stroke is to be seen in the next frame. */
export function inItsTurn(tree: Pick<Tree, "render">, latest: () => State): (state: State) => void {
  let waits = false;
  let before: State | null = null;

  function draw(): void {
    waits = false;
    before = latest();
    tree.render(before);
  }

  return (state) => {
    if (before !== null && isTyped(before, state)) draw();
    else if (!waits) {
      waits = true;
      setTimeout(draw);
    }
  };
}

const isTyped = (before: State, now: State): boolean =>
  before.filter !== now.filter && before.heard === now.heard && before.plotted === now.plotted;
