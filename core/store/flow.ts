/** One request to a store on its way, and all who wait for what it brings. */
import { cancelledFault, throwIfCancelled } from "./ask.ts";
import type { Piece } from "./kept-bytes.ts";

/** Bytes of an object that come in order, a piece at a time, when somebody asks for the next. Stopped when the last who joined has left. */
export class Flow {
  /** Where the next piece begins. */
  atByte: number;
  #endByte: number;
  readonly #pieces: AsyncIterator<Piece>;
  readonly #stop: AbortController;
  readonly #ended: (flow: Flow) => void;
  #coming: Promise<Piece> | null = null;
  #waiting = 0;
  #members = 0;

  constructor(atByte: number, endByte: number, begin: (stop: AbortSignal) => AsyncIterator<Piece>, ended: (flow: Flow) => void) {
    this.atByte = atByte;
    this.#endByte = endByte;
    this.#stop = new AbortController();
    this.#pieces = begin(this.#stop.signal);
    this.#ended = ended;
  }

  /** Where it ends: what lies behind is somebody else's to bring. */
  get endByte(): number {
    return this.#endByte;
  }

  endAt(atByte: number): void {
    this.#endByte = Math.min(this.#endByte, atByte);
  }

  join(): void {
    this.#members++;
  }

  leave(): void {
    this.#members--;
    if (this.#members === 0) this.#finish();
  }

  /** The next piece, held for the caller. Faults: those of the store; `request/cancelled` when the caller's signal says so. */
  async next(signal: AbortSignal): Promise<Piece> {
    throwIfCancelled(signal);
    this.#waiting++;
    this.#coming ??= this.#advance();
    const coming = this.#coming;
    let leave = () => {};
    const gone = new Promise<never>((_, reject) => {
      leave = () => reject(cancelledFault(signal));
    });
    signal.addEventListener("abort", leave, { once: true });
    try {
      return await Promise.race([coming, gone]);
    } catch (error) {
      // Held for one who has gone.
      if (signal.aborted)
        coming.then(
          (piece) => piece.release(),
          () => undefined,
        );
      throw error;
    } finally {
      signal.removeEventListener("abort", leave);
    }
  }

  async #advance(): Promise<Piece> {
    try {
      const { done, value } = await this.#pieces.next();
      // Only a flow that was stopped ends before its end: its store would have thrown.
      if (done === true) throw cancelledFault(this.#stop.signal);
      this.atByte = value.endByte;
      value.hold(this.#waiting);
      value.release(); // by the one who made it
      if (this.atByte >= this.#endByte) this.#finish();
      return value;
    } catch (error) {
      this.#finish();
      throw error;
    } finally {
      this.#coming = null;
      this.#waiting = 0;
    }
  }

  #finish(): void {
    this.#ended(this);
    this.#stop.abort();
    void this.#pieces.return?.()?.catch(() => undefined);
  }
}
