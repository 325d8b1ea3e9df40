/** The colours of the page, computed from its own CSS: contrast of text, controls and series, and the hash that lets the theme snippet run. */
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";

const css = readFileSync(new URL("../../../web/styles/tokens.css", import.meta.url), "utf8");
const html = readFileSync(new URL("../../../web/index.html", import.meta.url), "utf8");

function tokensOf(theme: string): Readonly<Record<string, string>> {
  const block = css.slice(css.indexOf(`[data-theme="${theme}"]`)).split("}")[0] ?? "";
  return Object.fromEntries([...block.matchAll(/--([a-z]+\d*): (#[0-9a-f]{6});/g)].map(([, name, colour]) => [name, colour]));
}

function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const share = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(a: string | undefined, b: string | undefined): number {
  const [dark = 0, light = 0] = [luminance(a ?? "#000000"), luminance(b ?? "#000000")].sort((x, y) => x - y);
  return (light + 0.05) / (dark + 0.05);
}

describe.each(["dark", "light"])("%s tokens", (theme) => {
  const tokens = tokensOf(theme);
  const grounds = ["b0", "b1", "b2", "b3", "plot", "sel"];

  test("all 30 are there", () => {
    expect(Object.keys(tokens).length).toBe(30);
  });

  test.each(["t1", "t2", "t3", "a", "ok", "w", "e"])("text in %s is at least 4.5 : 1 on every ground", (name) => {
    for (const ground of grounds) expect(contrast(tokens[name], tokens[ground])).toBeGreaterThanOrEqual(4.5);
  });

  test("controls are at least 3 : 1, white on the primary button 4.5 : 1", () => {
    for (const ground of grounds) expect(contrast(tokens.c, tokens[ground])).toBeGreaterThanOrEqual(3);
    expect(contrast("#ffffff", tokens.as)).toBeGreaterThanOrEqual(4.5);
  });

  test("series stand out from the plot and from every row", () => {
    for (let slot = 1; slot <= 12; slot++) {
      const colour = tokens[`s${slot}`];
      expect(contrast(colour, tokens.plot)).toBeGreaterThanOrEqual(theme === "dark" ? 4.5 : 3.7);
      for (const ground of grounds) expect(contrast(colour, tokens[ground])).toBeGreaterThanOrEqual(3);
    }
  });
});

test("the policy allows the theme snippet by its hash, and nothing else inline or foreign", () => {
  const snippet = /<script>([\s\S]*?)<\/script>/.exec(html)?.[1] ?? "";
  const policy = /content="(default-src[^"]*)"/.exec(html)?.[1] ?? "";
  expect(policy).toContain(`'sha256-${createHash("sha256").update(snippet).digest("base64")}'`);
  // Sources that a person names lie anywhere; test/unit/worker/address.test.ts holds that nothing else asks for anything.
  const connect = "connect-src 'self' https: http://localhost:* http://127.0.0.1:*";
  expect(policy).toContain(`; ${connect};`);
  expect(policy.replace(connect, "")).not.toMatch(/unsafe-inline|'unsafe-eval'|https?:|\*/);
  expect(html.match(/ style="| on\w+="/)).toBeNull();
});
