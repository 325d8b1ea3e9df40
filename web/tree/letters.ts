/** Which letters a text has, as 36 bits: most names are ruled out without looking at their text. */

/** a–z in the first; digits, and one bit for all others, in the second. */
export interface Letters {
  readonly low: number;
  readonly high: number;
}

const OTHERS = 1 << 10;

/** Of a text in lower case. */
export function lettersOf(text: string): Letters {
  let [low, high] = [0, 0];
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code >= 97 && code <= 122) low |= 1 << (code - 97);
    else if (code >= 48 && code <= 57) high |= 1 << (code - 48);
    else high |= OTHERS;
  }
  return { low, high };
}

/** False: a text with these letters cannot hold all of `wanted`. */
export const mayHold = (text: Letters, wanted: Letters): boolean =>
  (text.low & wanted.low) === wanted.low && (text.high & wanted.high) === wanted.high;
