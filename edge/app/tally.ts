/** What one request made the engine read, counted around it: the X-Buslens headers. */
import type { Notice } from "../../core/fault.ts";
import type { Engine, OnWork } from "../../core/query/engine.ts";
import type { FrameAccount } from "../../core/query/frame-rows.ts";
import { NOTICES_HEADER, noticeText } from "./notice-header.ts";

/** More than a header holds. */
const NOTICES_MAX = 20;

/** Counters of a request; `open` while something is still being read. */
export class Tally {
  #files = 0;
  #bytes = 0;
  #reads = 0;
  #work = 0;
  #isPartial = false;
  #isAsked = false;
  readonly #notices: Notice[] = [];
  /** Told when something turns out to be missing. */
  onPartial: () => void = () => undefined;
  #open = 0;
  /** Bytes that the runs still at work mean to read. */
  #planned = 0;

  begin(): void {
    this.#isAsked = true;
    this.#open++;
  }

  /** Bytes read, ranges they were read in, records and samples gone through. */
  end(read: { readonly files: number; readonly bytes: number; readonly reads: number; readonly work: number }): void {
    this.#open--;
    this.#files += read.files;
    this.#bytes += read.bytes;
    this.#reads += read.reads;
    this.#work += read.work;
  }

  plan(bytesAll: number): void {
    this.#planned = Math.max(this.#planned, bytesAll);
  }

  /** A fault in a notice means that something is missing: a log that cannot be read, a limit. */
  note(notices: readonly Notice[]): void {
    this.#notices.push(...notices.slice(0, NOTICES_MAX - this.#notices.length));
    if (notices.some(({ severity, fault }) => severity !== "info" && fault !== undefined)) this.fail();
  }

  /** What was asked is not all there. */
  fail(): void {
    this.#isPartial = true;
    this.onPartial();
  }

  get isPartial(): boolean {
    return this.#isPartial;
  }

  /** None if the engine was not asked for data. */
  headers(): Readonly<Record<string, string>> {
    if (!this.#isAsked) return {};
    const isOpen = this.#open > 0;
    return {
      "X-Buslens-Files": String(this.#files),
      "X-Buslens-Bytes": String(isOpen ? Math.max(this.#bytes, this.#planned) : this.#bytes),
      "X-Buslens-Reads": String(this.#reads),
      "X-Buslens-Work": String(this.#work),
      "X-Buslens-Coverage": this.#isPartial ? "partial" : isOpen ? "open" : "complete",
      ...(this.#notices.length === 0 ? {} : { [NOTICES_HEADER]: noticeText(this.#notices) }),
    };
  }
}

/** The same engine, its work told to the tally. */
export function tallied(engine: Engine, tally: Tally): Engine {
  const watched =
    (onWork: OnWork | undefined): OnWork =>
    (done) => {
      tally.plan(done.bytesAll);
      onWork?.(done);
    };
  return {
    ...engine,
    query(query, signal, onWork) {
      const run = engine.query(query, signal, watched(onWork));
      async function* series() {
        tally.begin();
        try {
          for await (const answer of run.series) {
            tally.note(answer.notices);
            yield answer;
          }
        } catch (error) {
          tally.fail();
          throw error;
        } finally {
          const { files, bytesRead, frames, samples } = run.ledger();
          const reads = run.files().reduce((sum, file) => sum + file.reads.length, 0);
          tally.end({ files, bytes: bytesRead, reads, work: frames + samples });
        }
      }
      return { ...run, series: series() };
    },
    async heard(options, signal, onWork) {
      tally.begin();
      try {
        const heard = await engine.heard(options, signal, watched(onWork));
        tally.note(heard.notices);
        const { files, bytesRead, frames } = heard.ledger;
        tally.end({ files, bytes: bytesRead, reads: files, work: frames });
        return heard;
      } catch (error) {
        tally.end({ files: 0, bytes: 0, reads: 0, work: 0 });
        throw error;
      }
    },
    frames: (query, signal, onWork) => accounted(engine.frames(query, signal, watched(onWork)), tally),
    busLoad: (query, signal, onWork) => accounted(engine.busLoad(query, signal, watched(onWork)), tally),
    async explain(query, signal) {
      tally.begin();
      try {
        const explained = await engine.explain(query, signal);
        tally.note(explained.notices);
        const { files, bytesRead, frames, samples } = explained.ledger;
        const reads = explained.files.reduce((sum, file) => sum + file.reads.length, 0);
        tally.end({ files, bytes: bytesRead, reads, work: frames + samples });
        return explained;
      } catch (error) {
        tally.end({ files: 0, bytes: 0, reads: 0, work: 0 });
        throw error;
      }
    },
  };
}

/** Answers that keep an account of the frames they went through. */
async function accounted<A extends { readonly account: FrameAccount; readonly notices: readonly Notice[] }>(
  answer: Promise<A>,
  tally: Tally,
): Promise<A> {
  tally.begin();
  try {
    const { account, notices } = await answer;
    tally.note(notices);
    tally.end({ files: account.files, bytes: account.bytes, reads: account.files, work: account.frames });
    return answer;
  } catch (error) {
    tally.end({ files: 0, bytes: 0, reads: 0, work: 0 });
    throw error;
  }
}
