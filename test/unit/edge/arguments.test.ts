import { describe, expect, test } from "vitest";
import { readArguments, UsageError } from "../../../edge/node/arguments.ts";
import { helpText } from "../../../edge/node/help.ts";
import { faultLine } from "../../../edge/node/output.ts";
import { tableText } from "../../../edge/node/table.ts";

describe("the command line", () => {
  test("a folder alone is served, to this machine only", () => {
    const plain = {
      place: "./LOG",
      dbcs: [],
      encoding: null,
      port: null,
      host: "127.0.0.1",
      limitBytes: null,
      points: null,
      bodyBytes: null,
      requests: 1000,
      cacheBytes: 64 * 1024 * 1024,
      token: null,
      allowedOrigins: [],
      endpoint: null,
      passwords: null,
    };
    expect(readArguments(["./LOG"])).toEqual({ name: "serve", ...plain });
    expect(readArguments(["serve", "./LOG"])).toEqual({ name: "serve", ...plain });
    expect(readArguments(["demo"])).toEqual({ name: "demo", ...plain, place: "" });
  });

  test("all options of serve, before or after the folder", () => {
    const args =
      "--dbc a.dbc --encoding SJIS --port 0 LOG --dbc b --limit 2 --points 5 --body 0.5 --requests 7 --cache 0 --token t --allow-origin http://grafana.example/ --allow-origin https://x:3000 --passwords p.json";
    expect(readArguments(args.split(" "))).toEqual({
      name: "serve",
      place: "LOG",
      dbcs: ["a.dbc", "b"],
      encoding: "shift_jis",
      port: 0,
      host: "0.0.0.0",
      limitBytes: 2 * 1024 * 1024,
      points: 5,
      bodyBytes: 512 * 1024,
      requests: 7,
      cacheBytes: 0,
      token: "t",
      allowedOrigins: ["http://grafana.example", "https://x:3000"],
      endpoint: null,
      passwords: "p.json",
    });
    expect(readArguments(["LOG"], { BUSLENS_TOKEN: "t" })).toMatchObject({ token: "t", host: "0.0.0.0" });
    expect(readArguments(["s3://b/p", "--endpoint", "http://localhost:9000"])).toMatchObject({
      place: "s3://b/p",
      endpoint: "http://localhost:9000",
    });
  });

  test("documents and help", () => {
    expect(readArguments(["inspect", "a.MF4", "--json"])).toEqual({
      name: "inspect",
      groups: false,
      file: "a.MF4",
      json: true,
      dbcs: [],
      encoding: null,
      passwords: null,
    });
    expect(readArguments(["inspect", "a.MF4", "--dbc", "a", "--dbc", "b"])).toMatchObject({ dbcs: ["a", "b"], json: false });
    expect(() => readArguments(["inspect", "a.MF4", "--dbc", "a", "--json"])).toThrow(/report to read/);
    expect(readArguments(["inspect", "a.MFE", "--passwords", "p"])).toMatchObject({ file: "a.MFE", passwords: "p" });
    const line =
      "grafana provision --url https://g.example/grafana/ --plugin infinity --folder Cars --source http://10.0.0.7:5000";
    expect(readArguments(line.split(" "), { GRAFANA_TOKEN: "g", BUSLENS_TOKEN: "b" })).toEqual({
      name: "grafana",
      url: "https://g.example/grafana",
      token: "g",
      plugins: ["infinity"],
      folder: "Cars",
      source: "http://10.0.0.7:5000",
      sourceToken: "b",
    });
    expect(readArguments(["dbc", "a.dbc"])).toEqual({ name: "dbc", file: "a.dbc", json: false, encoding: null });
    expect(readArguments(["decode", "a.MF4", "b.MF4", "--dbc", "d.dbc", "--signal", "x", "--channel", "2", "--csv"])).toEqual({
      name: "decode",
      files: ["a.MF4", "b.MF4"],
      dbcs: ["d.dbc"],
      encoding: null,
      signals: ["x"],
      channel: 2,
      form: "csv",
      passwords: null,
      keepInvalid: false,
      text: false,
      transport: "auto",
    });
    expect(readArguments(["--help"])).toEqual({ name: "help", topic: null });
    expect(readArguments(["decode", "-h"])).toEqual({ name: "help", topic: "decode" });
    expect(readArguments(["help", "dbc"])).toEqual({ name: "help", topic: "dbc" });
    expect(readArguments(["--version"])).toEqual({ name: "version" });
  });

  test("wrong usage is said in a sentence", () => {
    const wrong: Readonly<Record<string, RegExp>> = {
      "": /which folder/,
      "LOG OTHER": /usage/,
      "LOG --nope": /--nope/,
      "LOG --port x": /--port/,
      "LOG --encoding gbk": /--encoding belongs to --dbc/,
      "dbc a.dbc --encoding klingon": /klingon is none we read: utf-8, .*shift_jis/,
      "LOG --port 70000": /65535/,
      "LOG --limit lots": /--limit/,
      "LOG --host 0.0.0.0": /token/,
      "LOG --allow-origin *": /origin/,
      "LOG --json": /takes no --json/,
      "LOG --endpoint http://x": /s3/,
      grafana: /usage: buslens grafana provision/,
      "grafana provision --token t": /--url/,
      "grafana provision --url http://g:3000": /GRAFANA_TOKEN/,
      "grafana provision --url g --token t": /--url must be an address/,
      "grafana provision --url http://admin:admin@g --token t": /no password/,
      "grafana provision --url http://g --token t --plugin simplejson": /simpod, infinity or both/,
      "grafana provision --url http://g --token t --source ftp://x": /--source/,
      "LOG --url http://g": /takes no --url/,
      inspect: /usage/,
      "inspect a b": /usage/,
      "decode a.MF4 --facts": /DBC/,
      "decode --dbc a": /usage/,
      "decode a --dbc b --facts --csv": /choose/,
      "decode a --transport iso-tp": /DBC/,
      "decode a --transport iso-tp --facts --signal x": /DBC/,
      "decode a --dbc b --transport can-tp": /auto, iso-tp/,
      "decode a --dbc b --dbc c --facts": /one --dbc/,
      "dbc a --csv": /takes no --csv/,
    };
    for (const [line, why] of Object.entries(wrong)) {
      const read = () => readArguments(line.split(" ").filter((word) => word !== ""));
      expect(read, line).toThrow(UsageError);
      expect(read, line).toThrow(why);
    }
  });

  test("help names every option", () => {
    for (const option of [
      "--dbc",
      "--port",
      "--host",
      "--limit",
      "--token",
      "--allow-origin",
      "--endpoint",
      "inspect",
      "decode",
      "dbc",
    ])
      expect(helpText(null)).toContain(option);
    for (const topic of ["inspect", "decode", "dbc", "grafana", "serve", "demo"])
      expect(helpText(topic)).toMatch(new RegExp(`^buslens .*${topic}`));
  });
});

describe("lines for people", () => {
  test("a fault is one line of at most 1,000 characters that keeps its code", () => {
    expect(
      faultLine({ code: "input/truncated", message: "the log ends in a block", object: "a.MF4", atByte: 40001 }, "a.MF4"),
    ).toBe("buslens: a.MF4: the log ends in a block (input/truncated, byte 40001)");
    const long = faultLine({ code: "input/bad-dbc", message: `two\nlines ${"x".repeat(5000)}`, line: 7 }, "a.dbc");
    expect(long).toHaveLength(1000);
    expect(long).toMatch(/^buslens: a\.dbc: two lines x+….*\(input\/bad-dbc, line 7\)$/);
  });

  test("a table has aligned columns, numbers to the right, empty columns left out", () => {
    expect(
      tableText(
        ["name", "n", "none"],
        [
          ["a", 1, null],
          ["bbb", 22, ""],
        ],
      ),
    ).toBe("name   n\na      1\nbbb   22\n");
  });
});
