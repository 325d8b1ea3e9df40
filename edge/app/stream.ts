/** Answers that are written while the work goes on (platform.md §5): padding keeps the line alive, a gone client stops the work. */
import { faultOf, isBug } from "./fault-answer.ts";

/** What the producer of an answer gets from us. */
export interface Writing {
  /** Aborted when the client went away. */
  readonly signal: AbortSignal;
  /** The engine's sign of life: lets one byte of padding through. */
  readonly onWork: () => void;
}

export interface StreamOptions {
  readonly request: Request;
  readonly headers: Readonly<Record<string, string>>;
  /** Goes between the pieces while nothing is ready: legal white space of the format. */
  readonly padding: string;
  /** Called with what broke the stream after its first byte. */
  readonly report: (error: unknown) => void;
}

/** A short answer is whole before its headers go out, so that they can say what it took. */
const HELD_CHARACTERS_MAX = 256 * 1024;

interface Ready {
  readonly pieces: string[];
  /** Not settled yet, or the end. */
  readonly next: Promise<IteratorResult<string>>;
}

/** A piece that is ready does not wait longer than this for the next ones. */
const HELD_MS_MAX = 100;

/** The first pieces: all of them if they are few and little work was needed. Throws what goes wrong on the way. */
async function readyPieces(generator: AsyncGenerator<string>, working: Promise<void>): Promise<Ready> {
  const pieces: string[] = [];
  let characters = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  const released: Promise<void>[] = [working];
  try {
    while (true) {
      const next = generator.next();
      next.catch(() => undefined); // awaited below or by a pull
      const first = await Promise.race([next, ...released]);
      if (first === undefined || first.done === true || characters > HELD_CHARACTERS_MAX) return { pieces, next };
      pieces.push(first.value);
      characters += first.value.length;
      if (timer !== undefined) continue;
      released.push(
        new Promise((resolve) => {
          timer = setTimeout(resolve, HELD_MS_MAX);
        }),
      );
    }
  } finally {
    clearTimeout(timer);
  }
}

/**
 * Streams the text that `produce` yields. Status and headers wait until the answer is whole, or long, or takes longer, so a fault before that is thrown and gets a status of its own. Later errors break the stream: producers turn late faults into notices themselves.
 */
export async function streamText(
  options: StreamOptions,
  produce: (writing: Writing) => AsyncGenerator<string>,
): Promise<Response> {
  const gone = new AbortController();
  const signal = AbortSignal.any([gone.signal, options.request.signal]);
  const encoder = new TextEncoder();
  const padding = encoder.encode(options.padding);
  let controller: ReadableStreamDefaultController<Uint8Array> | null = null;
  let pulled = false;
  let workBegan: () => void = () => undefined;
  const working = new Promise<void>((resolve) => {
    workBegan = resolve;
  });
  const onWork = (): void => {
    workBegan();
    // Only while the client waits for us: no padding piles up before a slow reader.
    if (controller !== null && pulled && (controller.desiredSize ?? 0) > 0) controller.enqueue(padding);
  };

  const pieces = produce({ signal, onWork });
  const ready = await readyPieces(pieces, working);
  let next: Ready["next"] | null = ready.next;

  const body = new ReadableStream<Uint8Array>(
    {
      start: (control) => {
        controller = control;
      },
      async pull(control) {
        const held = ready.pieces.shift();
        if (held !== undefined) {
          control.enqueue(encoder.encode(held));
          return;
        }
        pulled = true;
        try {
          const { done, value } = await (next ?? pieces.next());
          next = null;
          if (done === true) {
            controller = null;
            control.close();
          } else control.enqueue(encoder.encode(value));
        } catch (error) {
          controller = null;
          if (signal.aborted) return control.error(error);
          if (isBug(faultOf(error))) options.report(error);
          control.error(error);
        } finally {
          pulled = false;
        }
      },
      async cancel() {
        controller = null;
        gone.abort();
        // Ends the generator where it waits, so that its own clean-up runs.
        await pieces.return(undefined).catch(() => undefined);
      },
    },
    { highWaterMark: 2 },
  );
  return new Response(body, { status: 200, headers: { "Cache-Control": "no-store", ...options.headers } });
}
