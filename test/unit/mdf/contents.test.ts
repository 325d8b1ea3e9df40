/** What a file has beside its groups, built here; and the attachments of every packing in the shared sample. */
import { createHash } from "node:crypto";
import { deflateSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { attachmentBytes } from "../../../core/mdf/attachment.ts";
import { readContents } from "../../../core/mdf/contents.ts";
import { md5Hex } from "../../../core/mdf/md5.ts";
import { memorySource } from "../../../core/store/memory.ts";
import { testKernel } from "../../support/kernel.ts";
import { type BuiltBlock, block, header, joinBytes, mdfFile, pack, text, xml } from "../../support/mdf.ts";
import { hasShared, sharedBytes, sharedJson } from "../../support/shared.ts";

const signal = AbortSignal.timeout(10_000);
const { codecs } = testKernel();
const DBC = new TextEncoder().encode('VERSION "1"\nBO_ 1 A: 8 X\n');
const md5 = (bytes: Uint8Array): string => createHash("md5").update(bytes).digest("hex");

function attachment(
  name: string,
  flags: number,
  bytes: Uint8Array,
  stored: Uint8Array,
  next: BuiltBlock | null = null,
): BuiltBlock {
  const digest = createHash("md5").update(bytes).digest();
  const head = joinBytes(
    pack(["u16", flags], ["u16", 0], ["u32", 0]),
    digest,
    pack(["u64", bytes.length], ["u64", stored.length]),
  );
  return block("AT", [next, text(name), text("text/plain"), null], joinBytes(head, stored));
}

function event(name: string, base: number, next: BuiltBlock | null = null): BuiltBlock {
  const head = pack(
    ["u8", 6],
    ["u8", 1],
    ["u8", 0],
    ["u8", 4],
    ["u32", 0],
    ["u32", 0],
    ["u16", 0],
    ["u16", 0],
    ["u64", base],
    ["f64", 1e-9],
  );
  return block("EV", [next, null, null, text(name), xml("<EVcomment><TX>by &lt;hand&gt;</TX></EVcomment>")], head);
}

function fileOf(lists: { readonly history?: BuiltBlock; readonly attachments?: BuiltBlock; readonly events?: BuiltBlock }) {
  const hd = header(null);
  hd.links[1] = lists.history ?? null;
  hd.links[3] = lists.attachments ?? null;
  hd.links[4] = lists.events ?? null;
  return memorySource("a.mf4", mdfFile(hd).bytes);
}

describe("contents", () => {
  test("tools, events before and after the start, attachments plain and deflated with their MD5", async () => {
    const history = block("FH", [null, xml("<FHcomment><tool_id>CANape</tool_id><tool_version>12</tool_version></FHcomment>")]);
    const second = attachment("notes.txt", 7, DBC, deflateSync(DBC));
    const source = fileOf({
      history,
      attachments: attachment("body.dbc", 5, DBC, DBC, second),
      events: event("lap", -2e9, event("end", 5e9)),
    });
    const contents = await readContents(source, signal);
    expect(contents.notices).toEqual([]);
    expect(contents.tools).toEqual(["CANape 12"]);
    expect(contents.events.map(({ name, comment, kind, cause, timeNs }) => [name, comment, kind, cause, timeNs])).toEqual([
      ["lap", "by <hand>", "marker", "user", -2e9],
      ["end", "by <hand>", "marker", "user", 5e9],
    ]);
    expect(contents.attachments.map(({ fileName, sizeBytes, md5: digest }) => [fileName, sizeBytes, digest])).toEqual([
      ["body.dbc", DBC.length, md5(DBC)],
      ["notes.txt", DBC.length, md5(DBC)],
    ]);
    for (const one of contents.attachments) expect(await attachmentBytes(contents.blocks, one, codecs, signal)).toEqual(DBC);
  });

  test("a changed attachment is input/bad-block; a list that leads back keeps what comes before", async () => {
    const changed = fileOf({
      attachments: attachment(
        "body.dbc",
        5,
        DBC,
        DBC.map((byte) => byte ^ 1),
      ),
    });
    const { attachments, blocks } = await readContents(changed, signal);
    const [first] = attachments;
    if (first === undefined) throw new Error("the attachment is listed");
    await expect(attachmentBytes(blocks, first, codecs, signal)).rejects.toMatchObject({
      fault: { code: "input/bad-block", allowed: md5(DBC) },
    });
    const loop = event("again", 0);
    loop.links[0] = loop;
    const looped = await readContents(fileOf({ events: loop }), signal);
    expect([looped.events.length, looped.notices[0]?.fault?.code]).toEqual([1, "input/bad-block"]);
  });

  test("MD5 of every length around a block", () => {
    for (const length of [0, 1, 55, 56, 63, 64, 65, 1000]) {
      const bytes = Uint8Array.from({ length }, (_, i) => (i * 7) & 255);
      expect(md5Hex(bytes)).toBe(md5(bytes));
    }
  });

  test.skipIf(!hasShared)("attachments of version 4.30, packed in every way (needs ../shared)", async () => {
    const path = "samples/generated-mdf/g_attachments_430.mf4";
    const expected = sharedJson<{ made: { attachments: { name: string; size: number; md5: string }[] } }>(
      "samples/generated-mdf/expected/g_attachments_430.json",
    ).made.attachments;
    const { attachments, blocks } = await readContents(memorySource(path, sharedBytes(path)), signal);
    const found = await Promise.all(
      attachments.map(async (one) => ({
        name: one.fileName,
        size: one.sizeBytes,
        md5: md5(await attachmentBytes(blocks, one, codecs, signal)),
      })),
    );
    expect(found).toEqual(expected);
  });
});
