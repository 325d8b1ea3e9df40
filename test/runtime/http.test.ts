/** HTTP ranges under the contract, in Node. */
import { expect, inject, test } from "vitest";
import { openHttp } from "../../worker/sources/http.ts";
import { byteSourceContract, faultOf, patterned } from "../contract/byte-source.ts";
import { logStoreContract } from "../contract/log-store.ts";
import { httpShelf, httpSources, putObject, scratchUrl } from "../support/http.ts";

byteSourceContract("HTTP", httpSources);
logStoreContract("HTTP", httpShelf);

test("a server that sends whole files is storage/no-ranges, no server at all storage/unreachable", async () => {
  await putObject(scratchUrl("whole"), "log.MF4", patterned(1000));
  const open = (url: string) => faultOf(openHttp(url, "log.MF4", new AbortController().signal));
  expect(await open(`${inject("fileServer")}/whole/whole/log.MF4`)).toBe("storage/no-ranges");
  expect(await open("http://127.0.0.1:1/log.MF4")).toBe("storage/unreachable");
});
