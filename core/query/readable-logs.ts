/** Which of the chosen logs are read: those that can be, as far as the budget goes. */
import type { Fault, Notice } from "../fault.ts";
import type { LogEntry } from "./engine.ts";

/** The logs in front of the first that is over the budget, which is drawn on; what is left out goes into `notices`. */
export function withinBudget(
  logs: readonly LogEntry[],
  budget: { leftBytes: number | null },
  notices: Notice[],
): { readonly readable: readonly LogEntry[]; readonly isOverBudget: boolean } {
  const readable: LogEntry[] = [];
  for (const log of logs) {
    if (log.fault) {
      notices.push(unreadable(log.key, log.fault));
      continue;
    }
    if (budget.leftBytes !== null && log.sizeBytes > budget.leftBytes) {
      notices.push(overBudget(logs, log, budget.leftBytes));
      return { readable, isOverBudget: true };
    }
    if (budget.leftBytes !== null) budget.leftBytes -= log.sizeBytes;
    readable.push(log);
  }
  return { readable, isOverBudget: false };
}

export const unreadable = (key: string, fault: Fault): Notice => ({ severity: "error", text: `${key}: ${fault.message}`, fault });

function overBudget(logs: readonly LogEntry[], first: LogEntry, leftBytes: number): Notice {
  const left = logs.slice(logs.indexOf(first));
  const megabytes = Math.ceil(left.reduce((sum, log) => sum + log.sizeBytes, 0) / 1e6);
  const until = first.startNs === null ? "" : ` up to ${new Date(Number(first.startNs / 1_000_000n)).toISOString()}`;
  const message = `Reading on takes ${megabytes} MB more than this request may read; ask for a shorter range or raise the limit`;
  return {
    severity: "warning",
    text: `Shown${until}, where ${first.key} begins. ${message}`,
    fault: { code: "limit/too-large", message, object: first.key, found: first.sizeBytes, allowed: leftBytes },
  };
}
