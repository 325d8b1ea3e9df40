/** The table of sentences (viewer.md §9): what happens, what is said, and what can be done about it. */
import { expect, test } from "vitest";
import type { Fault } from "../../../core/fault.ts";
import { dropText } from "../../../web/shell/drop.ts";
import { changedSentence, grownSentence, newSentence } from "../../../web/source/sentences.ts";
import { firstState, type Notification } from "../../../web/state/model.ts";
import { noticeSentence, unmatchedSentence } from "../../../web/text/sentences.ts";
import { addressWaysOut, waysOut } from "../../../web/text/ways-out.ts";
import { foreignFault } from "../../../worker/foreign-file.ts";

const plain = (text: string): string => text.replaceAll("\u202f", " ");
const notice = (fault: Fault): Notification => ({ severity: "error", text: fault.message, fault });
const labels = (one: Notification): string[] => waysOut(one).map(({ label }) => label);
const bytes = (text: string): Uint8Array => Uint8Array.from(text, (c) => c.charCodeAt(0));
const of = (code: Fault["code"], more: Partial<Fault> = {}): Fault => ({ code, message: "it is so", ...more });

const HOST = "bucket.example";
const ADDRESS = `https://${HOST}/00000001.MF4`;

test.each<[number, Fault, string, readonly string[]]>([
  [
    7,
    foreignFault("trace.blf", 9, bytes("LOGG")),
    "trace.blf is a Vector BLF file. buslens reads MF4, MFC, MFE, MFM and DBC.",
    ["Details"],
  ],
  [
    8,
    foreignFault("notes.bin", 9, bytes("PK\x03\x04")),
    "notes.bin is not a log: it starts with 50 4B 03 04 (a ZIP archive).",
    ["Open its files", "Ignore"],
  ],
  [
    8,
    foreignFault("a/log.gz", 9, bytes("\x1f\x8b\x08\x00")),
    "log.gz is not a log: it starts with 1F 8B 08 00 (a gzip archive).",
    ["Open its files", "Ignore"],
  ],
  [
    9,
    of("input/empty", { object: "D/1/00000007.MF4" }),
    "00000007.MF4 is empty (0 bytes). The logger may have lost power before the first write.",
    ["Details"],
  ],
  [
    10,
    of("input/bad-record", { object: "D/1/00000003.MF4", atByte: 1_482_310, read: { frames: 131_007, leftBytes: 2_100_000 } }),
    "00000003.MF4 is damaged at byte 1,482,310. 131,007 frames before it are shown, 2.1 MB after it are not.",
    ["Details"],
  ],
  [
    11,
    of("input/truncated", { object: "00000004.MF4", atByte: 8_388_608, read: { frames: 402_118, leftBytes: 7 }, found: 7 }),
    "00000004.MF4 ends in the middle of a record at byte 8,388,608. All 402,118 complete frames are shown.",
    ["Details"],
  ],
  [13, of("storage/changed", { object: "00000002.MF4" }), "00000002.MF4 has changed since it was opened.", ["Read it again"]],
  [
    16,
    of("access/password-wrong", { object: "00000001.MFE", found: "2F6913DB" }),
    "This password does not open 00000001.MFE.",
    ["Enter password"],
  ],
  [
    17,
    of("access/not-authentic", { object: "00000001.MFE" }),
    "00000001.MFE does not match its own check value. It was changed or cut after encryption.",
    ["Details"],
  ],
  [
    18,
    of("access/no-cryptography"),
    "Encrypted logs cannot be opened over plain http on another host, because the browser switches off its cryptography there. Use https or localhost.",
    [],
  ],
  [
    21,
    of("storage/refused", { object: HOST, found: 403 }),
    "bucket.example refused the address (403). It may have expired.",
    ["Details"],
  ],
  [22, of("storage/unreachable"), "No connection. Files on this machine still work.", []],
])("%i: %o", (_, fault, sentence, actions) => {
  expect(plain(noticeSentence(notice(fault)))).toBe(sentence);
  expect(labels(notice(fault))).toEqual(actions);
});

test("19, 20: a host that does not let this page read, or sends whole files only", () => {
  expect(noticeSentence(notice(of("storage/cors", { object: HOST })))).toMatch(
    /^bucket\.example .* Its CORS rule must name this origin and expose Content-Range and ETag\.$/,
  );
  expect(labels(notice(of("storage/cors", { object: HOST })))).toEqual(["Copy the rule"]);
  const whole = of("storage/no-ranges", { object: `${HOST}/00000001.MF4`, found: 1_200_000_000 });
  expect(plain(noticeSentence(notice(whole)))).toMatch(
    /^bucket\.example sends whole files only\. 00000001\.MF4 is 1[.,]20? GB\.$/,
  );
  expect(addressWaysOut(whole, ADDRESS)).toEqual([
    { label: "Download it all", run: { download: ADDRESS } },
    { label: "Cancel", run: "nothing" },
  ]);
});

test("what a host answers instead of bytes offers to try again where that may help", () => {
  const told = (found: number): string => noticeSentence(notice(of("storage/unreachable", { object: HOST, found })));
  expect([told(429), told(503)]).toEqual([
    "bucket.example asks to wait: too many requests (429).",
    "bucket.example answers with an error (503).",
  ]);
  expect(addressWaysOut(of("storage/unreachable"), ADDRESS).map(({ label }) => label)).toEqual(["Try again"]);
  expect(addressWaysOut(of("storage/refused"), ADDRESS)).toEqual([]);
});

test("12, 13: logs that grew, changed or came", () => {
  expect(grownSentence(["a/00000009.MF4", "a/00000002.MF4"], firstState)).toBe("00000009.MF4 is still growing.");
  expect(changedSentence(["a/00000002.MF4"])).toBe("00000002.MF4 has changed since it was opened.");
  expect(changedSentence(["1.MF4", "2.MF4", "3.MF4"])).toBe("1.MF4 and 2 more have changed since they were opened.");
  expect(newSentence(["1.MF4"])).toBe("1.MF4 is new since the folder was opened.");
});

test("2, 4: channels that no DBC explains", () => {
  const ids = ["0CF00400", "18FEF100", "18F00503", ...Array.from({ length: 64 }, (_, i) => String(i))];
  expect(unmatchedSentence("CAN 1", ids, [])).toBe("67 ids heard on CAN 1, no DBC assigned.");
  expect(unmatchedSentence("CAN 1", ids, [{ file: "body.dbc", messageCount: 41 }])).toBe(
    "None of the 41 messages in body.dbc occur on CAN 1. Heard: 0CF00400, 18FEF100, 18F00503 and 64 more.",
  );
});

test("30: our bug asks to copy the report, with all that is known", () => {
  const fault = of("bug/unbalanced", { object: "D/00000002.MF4", message: "150,412 frames read, 150,409 accounted for" });
  expect(noticeSentence(notice(fault))).toBe(
    "The sums of 00000002.MF4 do not add up: 150,412 frames read, 150,409 accounted for. This is our fault.",
  );
  expect(waysOut(notice(fault))).toEqual([{ label: "Copy report", run: { copy: JSON.stringify(fault) } }]);
});

test("what a notice offers itself counts before its fault", () => {
  const action = { label: "Allow", run: "allow" } as const;
  expect(waysOut({ ...notice(of("storage/changed")), action })).toEqual([action]);
});

test("while dragging, one sentence says what will happen", () => {
  expect(dropText(1, null, false)).toBe("Open 1 item");
  expect(dropText(3, { kind: "files" }, false)).toBe("Open 3 items beside the current ones (hold Alt: replace)");
  expect(dropText(3, { kind: "other", name: "the sample drive" }, false)).toBe(
    "Open 3 items: logs take the place of the sample drive, a DBC joins it",
  );
  expect(dropText(3, { kind: "files" }, true)).toBe("Open 3 items instead of the current ones");
});
