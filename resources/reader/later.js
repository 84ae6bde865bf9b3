// @ts-check
// Delays. With JavaScript off for a page, Chromium runs no `setTimeout`, not even in our isolated world;
// tasks are run. Waiting by animation frames instead would keep Chromium drawing all the while.

/** @type {{postTask(act: () => void, options: {delay: number, signal: AbortSignal}): Promise<void>}} */
const tasks = /** @type {any} */ (globalThis).scheduler;

/** Calls `act` once, after `ms` milliseconds.
 * @param {number} ms @param {() => void} act @returns {() => void} cancels it */
export function later(ms, act) {
  const cancel = new AbortController();
  tasks.postTask(act, { delay: ms, signal: cancel.signal }).catch((error) => {
    if (error !== cancel.signal.reason) throw error;
  });
  return () => cancel.abort();
}
