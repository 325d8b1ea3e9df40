/** Long work of the page's thread cut into tasks, so that input is answered between them. Cut by count, not by a clock. */

/** Yields how much was done since it last yielded; `T` is what comes of it. */
export type Growth<T> = Generator<number, T, void>;

/** All of it now. */
export function atOnce<T>(growth: Growth<T>): T {
  for (;;) {
    const step = growth.next();
    if (step.done === true) return step.value;
  }
}

/** A task of at most about `mostPerTask` (one step may be more), then the next one; small work is done when this returns. */
export function inSlices<T>(growth: Growth<T>, mostPerTask: number, nextTask: (run: () => void) => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const work = (): void => {
      try {
        for (let done = 0; done < mostPerTask; ) {
          const step = growth.next();
          if (step.done === true) {
            resolve(step.value);
            return;
          }
          done += step.value;
        }
      } catch (error) {
        reject(error);
        return;
      }
      nextTask(work);
    };
    work();
  });
}

const waiting: (() => void)[] = [];
let channel: MessageChannel | null = null;

/** Behind the events that wait already. A timer would wait 4 ms longer from the fifth on. */
export function nextTask(run: () => void): void {
  if (channel === null) {
    channel = new MessageChannel();
    channel.port1.onmessage = () => waiting.shift()?.();
  }
  waiting.push(run);
  channel.port2.postMessage(null);
}
