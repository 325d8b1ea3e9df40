/** Files of folders, as many as one page takes; the others are only counted, so that a person is told of both. */
import type { OpenFile } from "../../worker/api.ts";
import { countText } from "../text/number.ts";

const FILES_MAX = 20_000;
/** Who drops a whole disk does not wait for the end of it. */
const COUNTED_MAX = 200_000;

export interface CountedFiles {
  readonly files: OpenFile[];
  /** True once there are so many that nobody counts on. */
  isEnough(): boolean;
  /** One more; it is looked at only if there is room. null: it went away meanwhile. */
  add(path: string, open: () => Promise<File | null>): Promise<void>;
  /** null: all of them are taken. */
  notice(): string | null;
}

export function countedFiles(filesMax = FILES_MAX, countedMax = COUNTED_MAX): CountedFiles {
  const files: OpenFile[] = [];
  let left = 0;
  return {
    files,
    isEnough: () => files.length + left >= countedMax,
    async add(path, open) {
      if (files.length >= filesMax) {
        left++;
        return;
      }
      const file = await open();
      if (file !== null) files.push({ path, file });
    },
    notice() {
      if (left === 0) return null;
      const all = files.length + left;
      const more = all >= countedMax ? "more than " : "";
      return `${countText(files.length)} of ${more}${countText(all)} files were taken, the others are left out. Open a folder further down to see them`;
    },
  };
}
