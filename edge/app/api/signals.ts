/** GET /api/signals: the identifiers that really occur, how often, and what the loaded DBCs make of them; and the channels of measurement files. */
import type { Handler } from "../context.ts";
import { JSON_TYPE } from "../fault-answer.ts";
import { streamText } from "../stream.ts";
import { toJson } from "./json.ts";
import { instantOf, onlyKnown, textOf } from "./parameters.ts";

export const signals: Handler = async ({ request, url, app }) => {
  const params = url.searchParams;
  onlyKnown(params, ["device", "key", "from", "to"]);
  const device = textOf(params, "device");
  const key = textOf(params, "key");
  const asked = {
    ...(device === null ? {} : { device }),
    ...(key === null ? {} : { key }),
    fromNs: instantOf(params, "from", app.now()),
    toNs: instantOf(params, "to", app.now()),
    budgetBytes: app.budgetBytes,
  };
  const options = { request, headers: { "Content-Type": JSON_TYPE }, padding: " ", report: app.report };
  return streamText(options, async function* ({ signal, onWork }) {
    const heard = await app.engine.heard({ ...asked, transports: true }, signal, onWork);
    const { firstNs, lastNs, ids, transports, ledger, notices } = heard;
    const plain = await app.engine.channels(asked, signal);
    const told = [...notices, ...plain.notices.filter(({ text }) => notices.every((notice) => notice.text !== text))];
    yield toJson({
      ...(device === null ? {} : { device }),
      firstNs,
      lastNs,
      ids,
      transports,
      channels: plain.channels,
      ledger,
      notices: told,
    });
  });
};
