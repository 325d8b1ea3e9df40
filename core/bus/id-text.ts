/** An identifier as people write it: hex, three digits, or eight for 29 bits. */
export const idText = (id: number, extended: boolean): string =>
  id
    .toString(16)
    .toUpperCase()
    .padStart(extended ? 8 : 3, "0");
