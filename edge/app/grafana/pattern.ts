/** Patterns with `*` and `?`, matched without regular expressions, so that no pattern is slow. */

/** What Grafana inserts for "All", and what people write for it. */
const ALL = new Set([".*", "*", "$__all"]);

/** Whether a text is a pattern rather than a name. */
export const isPattern = (text: string): boolean => ALL.has(text) || text.includes("*") || text.includes("?");

/** Whether a name fits; capital and small letters are the same. Linear in name × number of stars. */
export function matchesPattern(name: string, pattern: string): boolean {
  if (ALL.has(pattern)) return true;
  const text = name.toLowerCase();
  const wanted = pattern.toLowerCase();
  let at = 0;
  let want = 0;
  let star = -1;
  let starAt = 0;
  while (at < text.length) {
    if (want < wanted.length && (wanted[want] === "?" || (wanted[want] === text[at] && wanted[want] !== "*"))) {
      at++;
      want++;
    } else if (wanted[want] === "*") {
      star = want++;
      starAt = at;
    } else if (star >= 0) {
      want = star + 1;
      at = ++starAt;
    } else return false;
  }
  while (wanted[want] === "*") want++;
  return want === wanted.length;
}
