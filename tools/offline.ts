/** Puts the service worker beside the page, with the names of all files the page is made of. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Plugin, transformWithOxc } from "vite";

/** `offline.js` of worker/offline.ts: its name is fixed, as a browser looks for news of it there. */
export function offlinePlugin(root: string): Plugin {
  return {
    name: "offline",
    enforce: "post",
    generateBundle: {
      order: "post",
      async handler(_options, bundle) {
        const path = join(root, "worker/offline.ts");
        const { code: module } = await transformWithOxc(readFileSync(path, "utf8"), path);
        const code = module.replace(/^export \{\s*\};?$/m, "");
        const files = Object.keys(bundle).filter((file) => !/\.(html|map)$/.test(file));
        const page = bundle["index.html"];
        const html = page?.type === "asset" ? page.source : "";
        // Names have hashes of what is in them; only the page has none.
        const version = createHash("sha256").update(files.sort().join("\n")).update(html).digest("hex").slice(0, 16);
        const list = ["./", "manifest.webmanifest", "icon.svg", ...files];
        const source = `const OFFLINE_FILES = ${JSON.stringify(list)};\nconst OFFLINE_VERSION = "${version}";\n${code}`;
        this.emitFile({ type: "asset", fileName: "offline.js", source });
      },
    },
  };
}
