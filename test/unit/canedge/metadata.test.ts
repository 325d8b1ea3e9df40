import { describe, expect, test } from "vitest";
import { canedgeMetadata, commonProperties } from "../../../core/canedge/metadata.ts";

test("texts are trimmed and numbers decimal", () => {
  const xml = `<HDcomment><TX/><common_properties>
    <tree name="Device Information"><e name="serial number" ro="true">90B52C1C</e><e name="storage free" ro="true">  7699328</e></tree>
    <tree name="File Information"><e name="session">      16</e><e name="split">       1</e><e name="comment">      GPS; a &lt;b&gt;</e></tree>
  </common_properties></HDcomment>`;
  expect(canedgeMetadata(xml)).toMatchObject({
    deviceSerial: "90B52C1C",
    storageFree: "7699328",
    session: 16,
    split: 1,
    userComment: "GPS; a <b>",
    hardware: null,
  });
});

test("a tree that occurs twice is merged, as generation A writes it", () => {
  const xml = `<c><tree name="Device Information"><e name="serial number">1</e></tree><tree name="x"/><tree name="Device Information"><e name="storage total">2</e></tree></c>`;
  expect(canedgeMetadata(xml)).toMatchObject({ deviceSerial: "1", storageTotal: "2" });
});

describe("XML in every form that turns up", () => {
  const value = (xml: string) => commonProperties(xml).get("t/a");
  test.each([
    [
      "declaration and default namespace",
      '<?xml version="1.0"?><HDcomment xmlns="http://www.asam.net/mdf/v4"><tree name="t"><e name="a">1</e></tree></HDcomment>',
      "1",
    ],
    ["prefixes", '<m:c><m:tree name="t"><m:e name="a">1</m:e></m:tree></m:c>', "1"],
    ["single quotes", "<c><tree name='t'><e name='a'>1</e></tree></c>", "1"],
    ["comments and CDATA", '<c><tree name="t"><!-- <e name="a">0</e> --><e name="a"><![CDATA[a<b]]></e></tree></c>', "a<b"],
    ["entities", '<c><tree name="t"><e name="a">&#52;&#x32;&amp;&unknown;</e></tree></c>', "42&&unknown;"],
    ["an empty element", '<c><tree name="t"><e name="a"/><e name="a">later</e></tree></c>', "later"],
    ["a doctype", '<!DOCTYPE c><c><tree name="t"><e name="a">1</e></tree></c>', "1"],
    ["cut off", '<c><tree name="t"><e name="a">1</e><e name="b', "1"],
    ["closed in the wrong order", '<c><tree name="t"><e name="a">1</e></c></tree></e>', "1"],
    ["no XML", "a < b > c", undefined],
    ["a number that is no character", '<c><tree name="t"><e name="a">&#9999999;</e></tree></c>', "&#9999999;"],
  ])("%s", (_name, xml, expected) => {
    expect(value(xml)).toBe(expected);
  });

  test("any cut of a comment is read without an error", () => {
    const xml =
      '<?xml version="1.0"?><!-- x --><HDcomment><tree name="t"><e name="a" ro="true"><![CDATA[1]]> &#x41; </e></tree></HDcomment>';
    for (let end = 0; end <= xml.length; end++) expect(commonProperties(xml.slice(0, end)).size).toBeLessThanOrEqual(1);
  });

  test("a megabyte of opening brackets takes no time", () => {
    const started = performance.now();
    commonProperties("<".repeat(1_000_000));
    commonProperties("<a ".repeat(300_000));
    commonProperties(`<c><tree name="t">${'<e name="a">1</e>'.repeat(50_000)}</tree></c>`);
    expect(performance.now() - started).toBeLessThan(2000);
  });
});
