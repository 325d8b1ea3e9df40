/** The command as a process: what goes where, and how it ends. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { generateDrive } from "../../../fixtures/drive.ts";
import { type ScratchFolder, scratchFolder, writeObject } from "../../support/folder.ts";
import { logWith } from "../../support/log-with-dbc.ts";
import { block, chain, channel, dataGroup, group, joinBytes, linear, pack } from "../../support/mdf.ts";

const CLI = fileURLToPath(new URL("../../../edge/node/cli.ts", import.meta.url));
const drive = generateDrive({ splitSeconds: 4 });
const encoder = new TextEncoder();
let folder: ScratchFolder;
let log = "";
let dbc = "";

beforeAll(async () => {
  folder = await scratchFolder();
  for (const { key, bytes } of drive.files) await writeObject(folder.path, key, bytes);
  for (const { name, text } of drive.dbcs) await writeObject(folder.path, name, encoder.encode(text));
  await writeFile(join(folder.path, "text.MF4"), "hello");
  log = join(folder.path, drive.files[0]?.key ?? "");
  dbc = join(folder.path, drive.dbcs[0]?.name ?? "");
});
afterAll(() => folder.remove());

interface Ended {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const start = (...args: string[]): ChildProcess =>
  spawn(process.execPath, [CLI, ...args], {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, BUSLENS_TOKEN: undefined },
  });

async function run(...args: string[]): Promise<Ended> {
  const child = start(...args);
  const text = { stdout: "", stderr: "" };
  child.stdout?.on("data", (chunk: Buffer) => (text.stdout += chunk));
  child.stderr?.on("data", (chunk: Buffer) => (text.stderr += chunk));
  const [status] = (await once(child, "close")) as [number | null];
  return { status, ...text };
}

// Each process loads the sources one by one, which takes a second or more on a busy machine.
const SLOW = { timeout: 60_000 };

const MEASURED = dataGroup(
  0,
  group({
    name: "motor",
    flags: 0,
    records: 2,
    bytes: 12,
    channels: chain([
      channel("t", { type: 2, sync: 1, dataType: 4, bits: 64 }),
      channel("speed", { dataType: 0, at: 8, bits: 16, conversion: linear(10, 0.5) }),
      channel("note", { dataType: 7, at: 10, bits: 16 }),
    ]),
  }),
  block("DT", [], joinBytes(pack(["f64", 0.5], ["u16", 100], ["u16", 0]), pack(["f64", 1.5], ["u16", 4], ["u16", 0]))),
);
const WIPER = 'VERSION ""\nBU_:\nBO_ 33 Wiper: 2 X\n SG_ Speed : 0|16@1+ (2,0) [0|0] "1/min" X\n';

describe("a file that brings all it needs", SLOW, () => {
  let own = "";
  beforeAll(async () => {
    own = join(folder.path, "own.mf4");
    await writeFile(own, logWith(encoder.encode(WIPER), MEASURED));
  });

  test("decode without --dbc shows the signals of the attached database and the measured channels", async () => {
    const { status, stdout, stderr } = await run("decode", own);
    expect(status).toBe(0);
    const cells = stdout.split("\n").map((line) => line.split(/ {2,}/));
    expect(cells.slice(0, 3)).toEqual([
      ["3 of 3 frames belong to messages of the DBC"],
      ["channel", "message", "signal", "count", "first", "last", "min", "max", "unit", "from", "to"],
      ["", "1", "Wiper", "Speed", "3", "0", "4", "0", "4", "1/min", "2023-11-14 22:13:20.000", "2023-11-14 22:13:22.000"],
    ]);
    expect(cells.slice(4, 6)).toEqual([
      ["group", "channel", "count", "first", "last", "min", "max", "from", "to"],
      ["motor", "speed", "2", "60", "12", "12", "60", "2023-11-14 22:13:20.500", "2023-11-14 22:13:21.500"],
    ]);
    expect(stderr).toContain("body.dbc is attached to it; it is used because no other database is given");
  });

  test("with --csv every sample, with --signal only those of a name", async () => {
    const { stdout } = await run("decode", own, "--csv");
    expect(stdout).toBe(`timeNs,channel,message,signal,value,unit
1700000000000000000,1,Wiper,Speed,0,1/min
1700000001000000000,1,Wiper,Speed,2,1/min
1700000002000000000,1,Wiper,Speed,4,1/min
1700000000500000000,,motor,speed,60,
1700000001500000000,,motor,speed,12,
`);
    expect((await run("decode", own, "--csv", "--signal", "speed")).stdout.match(/motor/g)).toHaveLength(2);
    expect((await run("decode", own, "--csv", "--signal", "speed")).stdout).not.toContain("Wiper");
  });

  test("a file with neither says what to give", async () => {
    for (const form of [[], ["--csv"]])
      expect(await run("decode", log, ...form)).toMatchObject({
        status: 2,
        stdout: "",
        stderr: expect.stringMatching(/no database is attached to it, and it has no measured channels; --dbc FILE/),
      });
  });
});

describe("documents", SLOW, () => {
  test("inspect, decode and dbc print the schemas and nothing else", async () => {
    const inspected = await run("inspect", log, "--json");
    expect([inspected.status, inspected.stderr]).toEqual([0, ""]);
    expect(JSON.parse(inspected.stdout)).toMatchObject({ schema: "buslens-frames/1", sizeBytes: drive.files[0]?.bytes.length });
    const decoded = await run("decode", log, "--dbc", dbc, "--facts");
    expect(JSON.parse(decoded.stdout)).toMatchObject({ schema: "buslens-signals/1" });
    expect(JSON.parse((await run("dbc", dbc, "--json")).stdout)).toMatchObject({ schema: "buslens-dbc/1" });
  });

  test("without an option they print a table", async () => {
    const [inspected, decoded, known] = await Promise.all([
      run("inspect", log),
      run("decode", log, "--dbc", dbc),
      run("dbc", dbc),
    ]);
    expect(inspected.stdout).toMatch(/^file .*\n(.*\n)+\nbus +kind/);
    expect(decoded.stdout).toMatch(/frames belong to messages of the DBC\nchannel +message/);
    expect(known.stdout).toMatch(/messages, \d+ signals, .*\n(.*\n)*meaning [0-9a-f]{64}\n\n0x[0-9A-F]+ \w+, .*\n +signal +bits/);
  });

  test("inspect with databases says what they make of each channel", async () => {
    const { stdout, status } = await run("inspect", log, "--dbc", dbc);
    expect(status).toBe(0);
    expect(stdout).toMatch(
      /^file .*\n(.*\n)+\nCAN \d: \d+ identifiers?, \d+ frames, [\d.]+ Hz\nmatched: \d+ identifiers?, \d+ frames \([\d.]+ %\)\nid +frames +rate +bytes +message +database +rule\n/,
    );
    expect(stdout).toMatch(/ EEC1 +\S+ +parameter group from 0\n/);
    expect(stdout).toMatch(/\nnot matched: \d+ identifiers?, \d+ frames? /);
    expect(stdout).toMatch(/\nhow well they fit\ndatabase +score +frames +ids .*\n\S+\.dbc +[01]\.\d\d /);
  });

  test("CSV has every sample; one bad file of two is said and costs the other nothing", async () => {
    const { series } = JSON.parse((await run("decode", log, "--dbc", dbc, "--facts")).stdout) as {
      series: { signal: string; count: number; valid?: { count: number } }[];
    };
    const all = ["--dbc", dbc, "--csv", "--keep-invalid"];
    const { stdout, stderr, status } = await run("decode", log, join(folder.path, "text.MF4"), ...all);
    const lines = stdout.trimEnd().split("\n");
    expect([status, lines[0]]).toEqual([0, "timeNs,channel,message,signal,value,unit"]);
    expect(lines.length - 1).toBe(series.reduce((sum, { count }) => sum + count, 0));
    expect(stderr).toContain("text.MF4");
    const data = series.reduce((sum, { count, valid }) => sum + (valid?.count ?? count), 0);
    expect(data).toBeLessThan(lines.length - 1);
    const shown = (await run("decode", log, "--dbc", dbc, "--csv", "--text")).stdout.trimEnd().split("\n");
    expect([shown[0], shown.length - 1]).toEqual(["timeNs,channel,message,signal,value,unit,text", data]);
    expect(shown.some((line) => /,BrakeSwitchStatus,0,,Released$/.test(line))).toBe(true);
  });

  test("a fault is one line and 1, wrong usage 2", async () => {
    expect(await run("inspect", join(folder.path, "text.MF4"))).toEqual({
      status: 1,
      stdout: "",
      stderr: expect.stringMatching(/^buslens: .*text\.MF4: .* \(input\/not-mdf, byte 0\)\n$/),
    });
    expect(await run("decode", join(folder.path, "nope.MF4"), "--dbc", dbc)).toMatchObject({ status: 1, stdout: "" });
    expect(await run("serve", join(folder.path, "nope"))).toMatchObject({
      status: 1,
      stderr: expect.stringMatching(/no such folder \(storage\/missing\)\n$/),
    });
    expect(await run("decode", log)).toMatchObject({ status: 2, stdout: "" });
    expect((await run()).status).toBe(2);
  });

  test("a folder for a file and a file for a folder are called what they are", async () => {
    expect((await run("inspect", folder.path)).stderr).toMatch(/: this is a folder, not a file \(storage\/missing\)\n$/);
    expect((await run(log)).stderr).toMatch(/\.MF4: this is a file, not a folder; buslens inspect FILE /);
    expect((await run("decode", log, "--dbc", "nope.dbc")).stderr).toBe(
      "buslens: nope.dbc: there is no such file or folder (storage/missing)\n",
    );
  });

  test("a database with slips is read, one that is none is refused, each with file, line and column", async () => {
    const slips = join(folder.path, "slips.dbc");
    await writeFile(slips, 'BO_ 1 M: 8 N\n SG_ S : 0|8@1+ (NaN,0) [0|0] "" N\nCM_ BO_ 1 "\x83\x47";\n', "latin1");
    const read = await run("dbc", slips, "--json", "--encoding", "sjis");
    expect([read.status, read.stderr]).toEqual([
      0,
      `buslens: ${slips}:2:18: warning: SG_: expected the factor, found "NaN"; the statement is skipped\n`,
    ]);
    expect(JSON.parse(read.stdout)).toMatchObject({ messages: [{ comment: "エ", signals: [] }] });
    const none = join(folder.path, "none.dbc");
    await writeFile(none, "\nDear reader,\n");
    for (const args of [
      ["dbc", none],
      ["decode", log, "--dbc", none],
    ]) {
      const refused = await run(...args);
      expect(refused).toMatchObject({ status: 1, stdout: "" });
      expect(refused.stderr).toMatch(/^buslens: .*none\.dbc:2:1: The file holds no DBC statement .* \(input\/bad-dbc\)\n$/);
    }
  });

  test("what does not fit is said on stderr, and the document is whole", async () => {
    const strange = join(folder.path, "strange.dbc.txt");
    await writeFile(strange, 'VERSION ""\nBO_ 2000 Strange: 8 X\n SG_ Odd : 0|8@1+ (1,0) [0|0] "" X\nBO_ oops\n');
    const none = await run("decode", log, "--dbc", strange, "--facts");
    expect(JSON.parse(none.stdout)).toMatchObject({ matched: 0, series: [] });
    expect([none.status, none.stderr.split("\n").length]).toEqual([0, 3]);
    expect(none.stderr).toMatch(/strange\.dbc\.txt:4:5: warning: /);
    expect(none.stderr).toMatch(/none of its \d+ frames belongs to a message of strange\.dbc\.txt/);
    const name = await run("decode", log, "--dbc", strange, "--signal", "odd");
    expect(name.stderr).toContain('has a signal "odd"; there is "Odd"');
  });

  test("a cut log is said once, whatever the form", async () => {
    const cut = join(folder.path, "cut.MF4");
    const bytes = drive.files[0]?.bytes ?? new Uint8Array(0);
    await writeFile(cut, bytes.subarray(0, bytes.length - 7));
    for (const form of [["--facts"], ["--csv"], []]) {
      const { status, stderr } = await run("decode", cut, "--dbc", dbc, ...form);
      expect([status, stderr]).toEqual([0, expect.stringMatching(/^(buslens: [^\n]*cut\.MF4[^\n]*\n)+$/)]);
      const lines = stderr.trimEnd().split("\n");
      expect(new Set(lines).size).toBe(lines.length);
      for (const line of lines) expect(line.match(/cut\.MF4/g)).toHaveLength(1);
    }
  });

  test("several logs that cannot be read are a line each", async () => {
    const { status, stderr } = await run("decode", join(folder.path, "text.MF4"), join(folder.path, "nope.MF4"), "--dbc", dbc);
    expect([
      status,
      stderr
        .trimEnd()
        .split("\n")
        .map((line) => /(text|nope)\.MF4/.exec(line)?.[1]),
    ]).toEqual([1, ["text", "nope"]]);
  });

  test("help and version go to stdout", async () => {
    expect(await run("--help")).toMatchObject({ status: 0, stderr: "", stdout: expect.stringContaining("buslens DIR") });
    expect((await run("--version")).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  test("a reader that goes away ends it quietly", async () => {
    const child = start("decode", log, "--dbc", dbc, "--csv");
    let stderr = "";
    child.stderr?.on("data", (chunk: Buffer) => (stderr += chunk));
    child.stdout?.once("data", () => child.stdout?.destroy());
    const [status] = await once(child, "close");
    expect([status, stderr]).toEqual([0, ""]);
  });
});

describe("serve", SLOW, () => {
  /** Starts, waits for the last line, and gives all lines; `use` gets the address. */
  async function served(args: readonly string[], use: (url: string, text: string) => Promise<void>): Promise<void> {
    const child = start("serve", folder.path, "--port", "0", ...args);
    let text = "";
    try {
      await new Promise<void>((resolve, reject) => {
        child.stdout?.on("data", (chunk: Buffer) => {
          text += chunk;
          if (text.includes("Ctrl+C")) resolve();
        });
        child.once("close", () => reject(new Error(`ended: ${text}`)));
      });
      await use(/data source +(http\S+)/.exec(text)?.[1] ?? "", text);
    } finally {
      child.kill("SIGTERM");
      await once(child, "close");
    }
  }

  test("prints where it is and a line that returns data, and answers there", async () => {
    await served([], async (url, text) => {
      expect(text).toContain("127.0.0.1");
      expect(text).toContain("no token");
      const line = /curl -s '([^']+)'/.exec(text)?.[1] ?? "";
      expect((await (await fetch(line)).text()).split("\n").length).toBeGreaterThan(5);
      expect(await (await fetch(`${url}/`)).text()).toBe("OK");
      const many = await Promise.all(Array.from({ length: 40 }, () => fetch(line)));
      expect(many.every(({ status }) => status === 200)).toBe(true);
      expect((await fetch(`${url}/view/..%2f..%2fpackage.json`)).status).toBe(404);
      const head = await fetch(`${url}/api/logs/${drive.files[0]?.key}`, { method: "HEAD" });
      expect(head.headers.get("Content-Length")).toBe(String(drive.files[0]?.bytes.length));
    });
  });

  test("a token of its own is shown once, differs each time, and is needed; containers get the data source as a file", async () => {
    const tokens: string[] = [];
    for (const _ of [1, 2])
      await served(["--host", "0.0.0.0", "--token", "new"], async (url, text) => {
        const token = /^ {2}token +(\S{32})$/m.exec(text)?.[1] ?? "";
        expect(text.split(token)).toHaveLength(2);
        const status = async (sent: string) =>
          (await fetch(`${url}/api/devices`, { headers: { Authorization: `Bearer ${sent}` } })).status;
        expect([await status(token), await status("new"), await status("")]).toEqual([200, 403, 403]);
        expect(text).toContain(`    url: http://host.docker.internal:${new URL(url).port}\n`);
        expect(text).toContain(`    secureJsonData: {"httpHeaderValue1":"Bearer $${"{BUSLENS_TOKEN}"}"}\n`);
        tokens.push(token);
      });
    expect(new Set(tokens).size).toBe(2);
  });

  test("with a token it asks for it", async () => {
    await served(["--token", "s3cret", "--host", "127.0.0.1"], async (url) => {
      expect((await fetch(`${url}/api/catalogue`)).status).toBe(403);
      expect((await fetch(`${url}/api/catalogue`, { headers: { Authorization: "Bearer s3cret" } })).status).toBe(200);
    });
  });
});
