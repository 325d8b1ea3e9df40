/** What a sentence offers to do (viewer.md §9, in brackets there): by what the notice says, else by its fault. */
import type { Fault } from "../../core/fault.ts";
import type { NoticeAction, Notification } from "../state/model.ts";

/** At most two. */
export function waysOut(notice: Notification): NoticeAction[] {
  if (notice.action !== undefined) return [notice.action, ...(notice.other === undefined ? [] : [notice.other])];
  const { fault } = notice;
  if (fault === undefined) return [];
  if (fault.code === "storage/cors") return [{ label: "Copy the rule", run: "copy-cors-rule" }];
  if (fault.code === "bug/unexpected" && fault.object === undefined) return [{ label: "Load again", run: "reload" }];
  if (fault.code === "storage/changed") return [{ label: "Read it again", run: "read-again" }];
  if (fault.code === "access/password-needed" || fault.code === "access/password-wrong")
    return [{ label: "Enter password", run: { password: String(fault.found ?? "") } }];
  if (fault.code === "input/unsupported" && fault.found === "archive")
    return [{ label: "Open its files", run: { unpack: fault.object ?? "" } }, IGNORE];
  if (fault.code.startsWith("bug/")) return [{ label: "Copy report", run: { copy: JSON.stringify(fault) } }];
  return fault.object === undefined ? [] : [{ label: "Details", run: "file-panel" }];
}

/** Of an address that did not open. */
export function addressWaysOut({ code }: Fault, address: string): NoticeAction[] {
  if (code === "storage/no-ranges")
    return [
      { label: "Download it all", run: { download: address } },
      { label: "Cancel", run: "nothing" },
    ];
  return code === "storage/unreachable" ? [{ label: "Try again", run: { openAddress: address } }] : [];
}

const IGNORE: NoticeAction = { label: "Ignore", run: "nothing" };
