/** The folder that was opened last, where the browser can hand out folders for good (File System Access). */
import type { Origin } from "../source/origins.ts";
import type { Shelf } from "./browser-shelf.ts";

/** What TypeScript's own list of the DOM does not have yet. */
interface Permitted {
  queryPermission?(options: { readonly mode: "read" }): Promise<PermissionState>;
  requestPermission?(options: { readonly mode: "read" }): Promise<PermissionState>;
}
type FolderHandle = FileSystemDirectoryHandle & Permitted;
type Picking = { showDirectoryPicker?(options: { readonly id: string; readonly mode: "read" }): Promise<FolderHandle> };

export interface LastFolder {
  /** Whether this browser can pick folders that it remembers. */
  readonly canPick: boolean;
  /** null: the person chose none. The folder is remembered. */
  pick(): Promise<Origin | null>;
  /** Name of the folder, and whether the browser wants to be asked again; null: none is remembered. */
  known(): Promise<{ readonly name: string; readonly needsPermission: boolean } | null>;
  /** Call in a click: the browser may ask. null: it was refused, or the folder is gone. */
  reopen(): Promise<Origin | null>;
}

export function createLastFolder(shelf: Shelf<FileSystemDirectoryHandle>, page: Window): LastFolder {
  const picking = page as Window & Picking;
  return {
    canPick: picking.showDirectoryPicker !== undefined,
    async pick() {
      const folder = await picking.showDirectoryPicker?.({ id: "logs", mode: "read" }).catch(() => null);
      if (folder === undefined || folder === null) return null;
      void shelf.put("last", folder);
      return originOf(folder);
    },
    async known() {
      const folder: FolderHandle | null = await shelf.get("last");
      if (folder === null) return null;
      const state = await folder.queryPermission?.({ mode: "read" }).catch(() => "prompt" as const);
      return { name: folder.name, needsPermission: state !== "granted" };
    },
    async reopen() {
      const folder: FolderHandle | null = await shelf.get("last");
      if (folder === null) return null;
      const state = await folder.requestPermission?.({ mode: "read" }).catch(() => "denied" as const);
      return state === "granted" ? originOf(folder).catch(() => null) : null;
    },
  };
}

async function originOf(folder: FileSystemDirectoryHandle): Promise<Origin> {
  const { filesOfFolder } = await import("./folder-files.ts");
  const found = await filesOfFolder(folder);
  return { files: found.files, notice: found.notice(), again: async () => (await filesOfFolder(folder)).files };
}
