/** The OpenAPI description is valid, and says what the server really takes and answers. */
import { Validator } from "@seriousme/openapi-schema-validator";
import { expect, test } from "vitest";
import { SERIES_PARAMETERS } from "../../../edge/app/api/series-query.ts";
import { routes } from "../../../edge/app/app.ts";
import { appOf, get } from "./app-of.ts";
import { fakeEngine } from "./fake-engine.ts";

interface Operation {
  readonly operationId: string;
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly required?: boolean }[];
}
interface Document {
  readonly openapi: string;
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
}

const app = appOf(fakeEngine());
const document = async (): Promise<Document> => (await (await get(app, "/openapi.json")).json()) as Document;

test("it is valid OpenAPI 3.1", async () => {
  expect(await new Validator().validate(JSON.parse(JSON.stringify(await document())))).toEqual({ valid: true });
});

test("it has every route, and no other", async () => {
  const { paths } = await document();
  const described = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => `${method.toUpperCase()} ${path.replace(/\{\w+\}$/, "")}`),
  );
  const served = Object.entries(routes).flatMap(([path, handlers]) => Object.keys(handlers).map((method) => `${method} ${path}`));
  expect(described.sort()).toEqual(served.filter((one) => one !== "GET /view").sort());
});

test("operations have names of their own", async () => {
  const names = Object.values((await document()).paths).flatMap((methods) =>
    Object.values(methods).map((one) => one.operationId),
  );
  expect(new Set(names).size).toBe(names.length);
});

test("the parameters of a series are those the handler takes", async () => {
  const named = (await document()).paths["/api/series"]?.get?.parameters.map(({ name }) => name);
  expect(named?.toSorted()).toEqual([...SERIES_PARAMETERS].sort());
});

test("every described parameter of a flat answer is taken", async () => {
  for (const [path, { get: operation }] of Object.entries((await document()).paths)) {
    if (!path.startsWith("/api/") || path.includes("{") || operation === undefined) continue;
    for (const { name } of operation.parameters) {
      const needed = operation.parameters.filter((one) => one.required && one.name !== name).map((one) => `&${one.name}=x`);
      const text = await (await get(app, `${path}?${name}=${VALUES[name] ?? "x"}${needed.join("")}&signal=s`)).text();
      expect([path, name, text.includes(`"${name}" is no parameter`)]).toEqual([path, name, false]);
    }
  }
});

const VALUES: Readonly<Record<string, string>> = { from: "0", to: "1", limit: "1", offset: "0", page: "1", channel: "1" };
