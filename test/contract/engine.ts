/** What holds for the engine in every runtime: the same bytes for the same question, whatever lies in the store. */
import { beforeAll, describe, expect, inject, test } from "vitest";
import type { LoadedKernel } from "../support/engine.ts";
import { type Answered, answersOf } from "./engine-worlds.ts";

/** What Node says, worked out once before the first runtime asks (global-setup.ts). */
export interface Reference {
  readonly moduleHash: string;
  readonly answers: readonly Answered[];
}

const QUERIES_MIN = 300;

export function engineContract(load: () => Promise<LoadedKernel>): void {
  describe("the engine", () => {
    let kernel: LoadedKernel;
    let answers: Answered[];
    let reference: Reference;

    beforeAll(async () => {
      const asked = fetch(`${inject("fileServer")}/engine-answers`, { method: "POST" }).then((answer) => answer.json());
      kernel = await load();
      answers = await Array.fromAsync(answersOf(kernel));
      reference = (await asked) as Reference;
    }, 60_000);

    test("is of the same .wasm as in Node", () => {
      expect(kernel.moduleHash).toBe(reference.moduleHash);
    });

    test("answers every query with the same bytes as in Node", () => {
      const differs = reference.answers.filter(({ hash }, i) => hash !== answers[i]?.hash);
      expect(differs.map(({ name }) => name).slice(0, 3)).toEqual([]);
      expect(answers.map(({ name }) => name)).toEqual(reference.answers.map(({ name }) => name));
      expect(answers.length).toBeGreaterThanOrEqual(QUERIES_MIN);
    });

    test("accounts for every byte and frame, and fails with nothing but faults", () => {
      expect(answers.filter(({ wrong }) => wrong.length > 0)).toEqual([]);
    });
  });
}
