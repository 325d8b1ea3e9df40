/** A host that is asked and never answers, or stops in the middle: waited for so long and no longer. */
import { unreachableFault } from "../../core/store/ask.ts";

/** Between asking and the answer's head, and between two pieces of its body; a store that wakes up first takes some seconds. */
const SILENCE_MS = 30_000;

/** An answer, waited for as long as a person would: silence is `storage/unreachable`, before its head and before each piece of its body. */
export async function patiently(
  {
    object,
    signal,
    silenceMs = SILENCE_MS,
  }: { readonly object: string; readonly signal: AbortSignal; readonly silenceMs?: number },
  ask: (signal: AbortSignal) => Promise<Response>,
): Promise<Response> {
  const silent = new AbortController();
  const fault = unreachableFault(object, `nothing came for ${silenceMs / 1000} s`);
  const waitFor = async <T>(answer: Promise<T>): Promise<T> => {
    const timer = setTimeout(() => silent.abort(fault), silenceMs);
    try {
      return await answer;
    } catch (error) {
      throw silent.signal.aborted ? fault : error;
    } finally {
      clearTimeout(timer);
    }
  };
  const response = await waitFor(ask(AbortSignal.any([signal, silent.signal])));
  if (response.body === null) return response;
  const reader = response.body.getReader();
  const body = new ReadableStream(
    {
      type: "bytes",
      // The clock runs only while something is wanted: an engine at work is not a silent host.
      async pull(controller) {
        const { done, value } = await waitFor(reader.read());
        if (!done) controller.enqueue(value);
        else {
          controller.close();
          controller.byobRequest?.respond(0);
        }
      },
      cancel: (reason) => reader.cancel(reason),
    },
    { highWaterMark: 0 },
  );
  return new Response(body, { status: response.status, statusText: response.statusText, headers: response.headers });
}
