/** Logs of any content, the second part. */
import { test } from "vitest";
import { runPart } from "./mdf/run-part.ts";

test("logs of any content, 10,000 more", { timeout: 10 * 60_000 }, () => runPart(1));
