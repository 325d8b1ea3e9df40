/** What a person gave, and how to get it anew: a File stays as it was when it was given, its folder does not. */
import type { OpenFile } from "../../worker/api.ts";

export interface Origin {
  readonly files: readonly OpenFile[];
  /** What of it was not taken; null: all was. */
  readonly notice?: string | null;
  /** The same files and folders as they are now; null where the browser hands them out only once. */
  readonly again: (() => Promise<readonly OpenFile[]>) | null;
}
