/** Logs opened for decoding: the plain source and its layouts, parsed once per version. */
import type { OpenedLog, OpenLog } from "../canedge/container.ts";
import type { MdfFile } from "../mdf/file.ts";
import type { HeaderCache } from "../mdf/header-cache.ts";
import { readMdf } from "../mdf/read.ts";

export interface DecodableLog extends OpenedLog {
  readonly mdf: MdfFile;
}

export type OpenDecodable = (key: string, signal: AbortSignal) => Promise<DecodableLog>;

/** A parsed generation D file has some 60 kB. */
const FILES_MAX = 256;

/** Only settled files are shared between callers. Faults: `storage/*`, `input/*`. */
export function decodableLogs(openLog: OpenLog, headerCache: HeaderCache): OpenDecodable {
  const files = new Map<string, MdfFile>();
  return async (key, signal) => {
    const opened = await openLog(key, signal);
    const name = `${opened.source.version}\n${opened.source.sizeBytes}\n${key}`;
    let mdf = files.get(name);
    if (!mdf) {
      mdf = await readMdf(opened.source, signal, { headerCache });
      if (files.size >= FILES_MAX) files.delete(files.keys().next().value ?? "");
      files.set(name, mdf);
    }
    return { ...opened, mdf };
  };
}
