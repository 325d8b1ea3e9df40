/** Which characters make up the words, names and numbers of a DBC. */

export const [LF, QUOTE, POINT, SLASH, SEMICOLON, BACKSLASH] = [0x0a, 0x22, 0x2e, 0x2f, 0x3b, 0x5c] as const;

export const isDigit = (unit: number): boolean => unit >= 0x30 && unit <= 0x39;
export const isBlank = (unit: number): boolean =>
  unit === 0x20 || unit === 0x09 || unit === 0x0b || unit === 0x0c || unit === 0xa0;
const isLetter = (unit: number): boolean => (unit >= 0x41 && unit <= 0x5a) || (unit >= 0x61 && unit <= 0x7a) || unit === 0x5f;
// The standard wants C identifiers; umlauts and the like occur and do no harm.
export const isWordUnit = (unit: number): boolean => isLetter(unit) || isDigit(unit) || unit > 0xa0;

// No backslash: no quote behind one may begin a text, or a row of them could be read over and over.
const NO_NAME = ':;,"()[]|@\\';
const IN_NAMES = Array.from({ length: 0x7f }, (_, unit) => unit > 0x20 && !NO_NAME.includes(String.fromCharCode(unit)));

/** Beyond C identifiers: names such as `Speed-1` and `4WD` occur. */
export const isNameUnit = (unit: number): boolean => (unit < 0x7f ? IN_NAMES[unit] === true : isWordUnit(unit));

/** End of `12`, `12.`, `.5`, `1.5E-06` at this place; null if no digit stands there. */
export function endOfNumber(text: string, atChar: number): number | null {
  let at = atChar;
  while (isDigit(text.charCodeAt(at))) at++;
  if (text.charCodeAt(at) === POINT) at++;
  while (isDigit(text.charCodeAt(at))) at++;
  if (at === atChar) return null;
  const letter = text.charCodeAt(at) | 0x20;
  if (letter !== 0x65) return at;
  let exponentAt = at + 1;
  const sign = text[exponentAt];
  if (sign === "+" || sign === "-") exponentAt++;
  if (!isDigit(text.charCodeAt(exponentAt))) return at;
  while (isDigit(text.charCodeAt(exponentAt))) exponentAt++;
  return exponentAt;
}
