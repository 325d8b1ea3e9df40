/** How deep JSON is nested, seen before it is made into values: what walks over them later does so by recursion. */

/** Grafana's requests have some ten levels. */
export const DEPTH_MAX = 200;

/** The deepest nesting of arrays and objects in a JSON text; brackets in strings do not count. */
export function depthOf(json: string): number {
  let depth = 0;
  let deepest = 0;
  let isText = false;
  for (let at = 0; at < json.length; at++) {
    const character = json[at];
    if (character === '"') isText = !isText;
    else if (isText) {
      if (character === "\\") at++;
    } else if (character === "[" || character === "{") deepest = Math.max(deepest, ++depth);
    else if (character === "]" || character === "}") depth--;
  }
  return deepest;
}
