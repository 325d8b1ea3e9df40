/** What the buttons and keys of the page do; one object given to every part of the shell. */
import type { Command } from "../keys.ts";
import type { NoticeAction } from "../state/model.ts";
import type { TimeRange } from "../state/view.ts";

export interface Actions {
  openFiles(): void;
  openFolder(): void;
  openSample(): void;
  openAddress(address: string): void;
  run(command: Command): void;
  show(range: TimeRange): void;
  toggleTheme(): void;
  cancel(): void;
  /** Asks again for what was stopped. */
  goOn(): void;
  sendToken(token: string): void;
  /** What a notice offered. */
  notice(run: NoticeAction["run"]): void;
  openDatabases(): void;
  /** To what was not heard yet. */
  listenOn(): void;
  /** Of a device whose logs are locked. */
  enterPassword(device: string): void;
}
