/** The preview worker's session over encrypted files: dropped lists, typed passwords, and nothing of them in what comes back. */
import { expect, test } from "vitest";
import { frame } from "../../../fixtures/frame.ts";
import { unfinalizedLog } from "../../../fixtures/log.ts";
import { sealedLog } from "../../../fixtures/sealed.ts";
import type { Catalogue } from "../../../worker/api.ts";
import { createSession } from "../../../worker/session.ts";
import { testModule } from "../../support/kernel.ts";
import { madeFacts } from "../../support/made-log.ts";

const DEVICE = "0B0E0001";
const kernel = { module: testModule(), hash: "", bytes: 0 };
const never = new AbortController().signal;
const log = unfinalizedLog(madeFacts("D"), [frame({ timeNs: 0, id: 1, payload: new Uint8Array(8) })]);

const dropped = (path: string, content: Uint8Array | string) => ({
  path,
  file: new File([content as Uint8Array<ArrayBuffer>], path.split("/").at(-1) ?? ""),
});
const locked = async (password: string) =>
  dropped(`LOG/${DEVICE}/00000001/00000001.MFE`, await sealedLog(log, { device: DEVICE, password }));
const session = () => createSession(kernel, { yield: async () => undefined }, () => undefined);
const faults = (catalogue: Catalogue) => catalogue.logs.map(({ fault }) => fault?.code ?? "open");

test("what is typed opens what is locked; a wrong one is named as such, with the device", async () => {
  const now = session();
  expect(faults(await now.open([await locked("hush")], "files", false, never))).toEqual(["access/password-needed"]);
  const wrong = await now.setPasswords({ [DEVICE]: "no" }, never);
  expect(wrong.logs[0]?.fault).toMatchObject({ code: "access/password-wrong", found: DEVICE });
  const right = await now.setPasswords({ [DEVICE.toLowerCase()]: "hush" }, never);
  expect(faults(right)).toEqual(["open"]);
  expect(right.logs[0]?.header?.deviceSerial).toBe(DEVICE);
  expect(right.source).toEqual(wrong.source);
  const plain = (catalogue: Catalogue) =>
    JSON.stringify(catalogue, (_key, value) => (typeof value === "bigint" ? `${value}` : value));
  expect(plain(right) + plain(wrong)).not.toContain("hush");
});

test("a list dropped with the logs, or after them, is used; it is no log", async () => {
  const list = dropped("LOG/passwords.json", JSON.stringify({ default: "hush" }));
  const together = await session().open([await locked("hush"), list], "files", false, never);
  expect(faults(together)).toEqual(["open"]);
  expect(together.source.bytes).toBe((await locked("hush")).file.size);
  const later = session();
  await later.open([await locked("hush")], "files", false, never);
  expect(faults(await later.open([list], "files", true, never))).toEqual(["open"]);
});

test("what is typed counts before the list", async () => {
  const now = session();
  const list = dropped("passwords.json", JSON.stringify({ [DEVICE]: "old" }));
  expect(faults(await now.open([await locked("hush"), list], "files", false, never))).toEqual(["access/password-wrong"]);
  expect(faults(await now.setPasswords({ [DEVICE]: "hush" }, never))).toEqual(["open"]);
});

test("nothing open, nothing to set", async () => {
  await expect(session().setPasswords({ default: "x" }, never)).rejects.toMatchObject({ fault: { code: "request/not-found" } });
});
