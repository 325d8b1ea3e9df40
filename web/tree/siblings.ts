/** Where rows of a flat list stand among those of their own parent (aria-posinset, aria-setsize). */

export interface Sibling {
  /** From 1. */
  readonly position: number;
  readonly count: number;
}

type Row = { readonly depth: number };

/** Of the rows from `first` to before `last`; looks beyond them only for the groups they cut. */
export function siblingsOf(rows: readonly Row[], first: number, last: number): Sibling[] {
  const places: Sibling[] = [];
  /** The newest row of each depth, while its group goes on. */
  const open: (Sibling | undefined)[] = [];
  for (let i = first; i < last; i++) {
    const depth = rows[i]?.depth ?? 0;
    const before = open[depth];
    const place = before === undefined ? placeOf(rows, i, depth) : { ...before, position: before.position + 1 };
    open.length = depth;
    open[depth] = place;
    places.push(place);
  }
  return places;
}

function placeOf(rows: readonly Row[], at: number, depth: number): Sibling {
  const of = (i: number): number => rows[i]?.depth ?? -1;
  let position = 1;
  for (let i = at - 1; of(i) >= depth; i--) if (of(i) === depth) position++;
  let count = position;
  for (let i = at + 1; of(i) >= depth; i++) if (of(i) === depth) count++;
  return { position, count };
}
