import { expect, test } from "vitest";
import { createTurns } from "../../../web/source/turns.ts";

test("askings go one after the other, also after one that failed, and rest waits for all of them", async () => {
  const turns = createTurns();
  const said: string[] = [];
  const gate = Promise.withResolvers<string>();
  const first = turns.ask(() => gate.promise).then((word) => said.push(word));
  const second = turns.ask(async () => {
    said.push("second asks");
    throw new Error("no");
  });
  const third = turns.ask(async () => said.push("third asks"));
  const rest = turns.rest().then(() => said.push("rest"));
  await new Promise((done) => setTimeout(done, 5));
  expect(said).toEqual([]);
  gate.resolve("first");
  await Promise.all([first, expect(second).rejects.toThrow("no"), third, rest]);
  expect(said).toEqual(["first", "second asks", "third asks", "rest"]);
});
