/** The notices of a file as a person can read them. */
import type { Notice } from "../fault.ts";

/** A file may have thousands of groups that are wrong in one way. */
const NOTICES_MAX = 50;

/** Each once, and of very many the first. */
export function shortened(notices: readonly Notice[], object: string): readonly Notice[] {
  const different = [...new Map(notices.map((notice) => [notice.text, notice])).values()];
  const more = different.length - NOTICES_MAX;
  if (more <= 0) return different;
  return [...different.slice(0, NOTICES_MAX), { severity: "warning", text: `${object}: ${more} more notices are left out.` }];
}
