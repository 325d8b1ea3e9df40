/** The page's end of the line to the preview worker. */
import * as Comlink from "comlink";
import type { OpenFile, PreviewApi } from "../worker/api.ts";

export type Preview = Comlink.Remote<PreviewApi>;

/** `broken`: its script did not come, or failed as a whole. */
export function connect(broken: () => void): Preview {
  const worker = new Worker(new URL("../worker/preview.ts", import.meta.url), { type: "module", name: "preview" });
  worker.onerror = broken;
  return Comlink.wrap<PreviewApi>(worker);
}

/** Makes the sample drive in a thread of its own, which is loaded only now and ends when it is done. */
export function makeSample(): Promise<OpenFile[]> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL("./sample-drive.ts", import.meta.url), { type: "module", name: "sample drive" });
    worker.onmessage = ({ data }: MessageEvent<readonly { readonly path: string; readonly bytes: BlobPart }[]>) => {
      worker.terminate();
      resolve(
        data.map(({ path, bytes }) => ({ path, file: new File([bytes], path.split("/").at(-1) ?? path, { lastModified: 0 }) })),
      );
    };
    worker.onerror = (event) => reject(new Error(event.message));
  });
}

/** A function of the page that the worker may call. */
export const proxied = <T extends (...args: never[]) => void>(run: T): T & Comlink.ProxyMarked => Comlink.proxy(run);
