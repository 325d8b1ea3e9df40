/** Times of a segment as text: ns exact, ms rounded down (design, decision 10). */

const NS_PER_S = 1_000_000_000n;

export class TimeText {
  readonly #baseSeconds: number;
  readonly #baseRestNs: number;

  /** `baseNs`: ns since 1970 UTC of relative time 0. */
  constructor(baseNs: bigint) {
    const restNs = ((baseNs % NS_PER_S) + NS_PER_S) % NS_PER_S;
    this.#baseRestNs = Number(restNs);
    this.#baseSeconds = Number((baseNs - restNs) / NS_PER_S);
  }

  /** Whole ms since 1970 UTC, rounded down. */
  ms(sinceNs: number): number {
    const { seconds, restNs } = this.#split(sinceNs);
    return seconds * 1000 + Math.floor(restNs / 1e6);
  }

  /** ns since 1970 UTC as decimal text. */
  ns(sinceNs: number): string {
    const { seconds, restNs } = this.#split(sinceNs);
    if (seconds > 0) return `${seconds}${String(restNs).padStart(9, "0")}`;
    return String(BigInt(seconds) * NS_PER_S + BigInt(restNs));
  }

  // Seconds and ns of the second apart, so that neither loses a digit in a double.
  #split(sinceNs: number): { seconds: number; restNs: number } {
    const all = this.#baseRestNs + sinceNs;
    const seconds = Math.floor(all / 1e9);
    return { seconds: this.#baseSeconds + seconds, restNs: all - seconds * 1e9 };
  }
}
