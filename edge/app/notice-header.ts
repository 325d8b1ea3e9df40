/** `X-Buslens-Notices`: what a reader should know, for clients that show no notices and for answers that have no place for them. */
import type { Notice } from "../../core/fault.ts";

export const NOTICES_HEADER = "X-Buslens-Notices";

const CHARACTERS_MAX = 4000; // some clients take 8 KiB of headers at most

/** `severity: sentence; …`, each sentence once. Header values are ASCII: anything else is percent-encoded. Empty without notices. */
export function noticeText(notices: readonly Pick<Notice, "severity" | "text">[]): string {
  return [...new Set(notices.map(({ severity, text }) => `${severity}: ${text}`))]
    .join("; ")
    .slice(0, CHARACTERS_MAX)
    .replace(/[^\x20-\x7e]/gu, (found) => encodeURIComponent(found.isWellFormed() ? found : "?"))
    .slice(0, CHARACTERS_MAX)
    .replace(/%[0-9A-F]?$/, "");
}
