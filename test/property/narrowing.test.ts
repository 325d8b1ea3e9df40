/** Searching where the text before found something finds what searching everywhere does, whenever `narrows` says so. */
import fc from "fast-check";
import { expect, test } from "vitest";
import { emptyLedger } from "../../core/query/ledger.ts";
import { buildTree } from "../../web/tree/build.ts";
import { narrows, parseFilter } from "../../web/tree/filter.ts";
import { indexTree, search } from "../../web/tree/search.ts";

const word = fc.string({ unit: fc.constantFrom("a", "b", "c", "B", "_"), minLength: 1, maxLength: 7 });
const query = fc.string({ unit: fc.constantFrom("a", "b", "c", " ", "-", "|", "*"), maxLength: 9 });

function entriesOf(names: readonly string[]) {
  const signals = names.map((name) => ({ name, unit: "", selectedBy: null }));
  const match = { db: "d", message: "Ab", rule: "exact", sourceAddress: null, binding: "only", signals } as const;
  const times = { firstNs: 0n, lastNs: 1n };
  const id = { bus: "CAN", channel: 1, id: 1, extended: false, frames: 2, rateHz: 1, ...times } as const;
  const heard = { ...id, minLengthBytes: 8, maxLengthBytes: 8, matches: [match] };
  const device = { device: "D", ids: [heard], ...times, share: 1, isWhole: true, ledger: emptyLedger };
  return indexTree(buildTree([{ ...device, notices: [], logs: [], channels: [], facts: {} }], new Map()));
}

test("letters behind plain terms are looked for in what was found", () => {
  let narrowed = 0;
  fc.assert(
    fc.property(
      fc.array(word, { minLength: 1, maxLength: 12 }),
      query,
      fc.string({ unit: fc.constantFrom("a", "b", "c", " "), minLength: 1, maxLength: 3 }),
      (names, before, typed) => {
        const after = before + typed;
        if (!narrows(before, after)) return;
        narrowed++;
        const all = entriesOf([...new Set(names)]);
        const nothing: ReadonlySet<string> = new Set();
        const first = search(all, parseFilter(before), nothing);
        expect(search(first.entries, parseFilter(after), nothing)).toEqual(search(all, parseFilter(after), nothing));
      },
    ),
    { numRuns: 3000 },
  );
  expect(narrowed).toBeGreaterThan(100);
});

test.each([
  ["bra", "brak", true],
  ["br", "bra", false],
  ["br ", "br a", true],
  ["", "a", false],
  ["bra", "bra|x", false],
  ["bra", "bra -x", false],
  ["unit:r", "unit:rp", false],
  ["brake", "rake", false],
])("%s, then %s: %s", (before, after, is) => {
  expect(narrows(before, after)).toBe(is);
});
