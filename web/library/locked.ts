/** Devices whose logs are encrypted and not open yet, and what to ask a person about them. */
import type { Fault } from "../../core/fault.ts";
import type { Catalogue } from "../../worker/api.ts";
import { faultSentence } from "../text/sentences.ts";

export interface Locked {
  readonly device: string;
  readonly files: number;
  /** Why a password given before did not do; null: none was. */
  readonly wrong: Fault | null;
}

/** In the order of the logs. The fault names the device, which only the container's header knows. */
export function lockedDevices(catalogue: Catalogue | null): Locked[] {
  const found = new Map<string, { files: number; wrong: Fault | null }>();
  for (const { device, fault } of catalogue?.logs ?? []) {
    if (fault?.code !== "access/password-needed" && fault?.code !== "access/password-wrong") continue;
    const name = typeof fault.found === "string" ? fault.found : device;
    const there = found.get(name) ?? { files: 0, wrong: null };
    found.set(name, {
      files: there.files + 1,
      wrong: there.wrong ?? (fault.code === "access/password-wrong" ? fault : null),
    });
  }
  return [...found].map(([device, { files, wrong }]) => ({ device, files, wrong }));
}

/** "12 files of 2F6913DB are encrypted." */
export const lockedSentence = ({ device, files }: Locked): string =>
  `${files} file${files === 1 ? "" : "s"} of ${device} ${files === 1 ? "is" : "are"} encrypted.`;

export interface Typed {
  readonly password: string;
  readonly forAll: boolean;
}

/** Shows the dialogue; null: skipped. */
export type PasswordAsker = (locked: Locked, wrong: string | null) => Promise<Typed | null>;

/** Passwords as the worker takes them; null: skipped. */
export async function askForPassword(ask: PasswordAsker, locked: Locked): Promise<Readonly<Record<string, string>> | null> {
  const typed = await ask(locked, locked.wrong === null ? null : faultSentence(locked.wrong));
  if (typed === null) return null;
  return { [locked.device]: typed.password, ...(typed.forAll ? { default: typed.password } : {}) };
}
