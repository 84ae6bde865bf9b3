// @ts-check
// Delays. With JavaScript off for a page, Chromium runs no timers, not even in our isolated world;
// animation frames are still requested.

/** Calls `act` once, in the first frame after `ms` milliseconds. A page that is not visible has no
 * frames, and waits until it is shown.
 * @param {number} ms @param {() => void} act @returns {() => void} cancels it */
export function later(ms, act) {
  const due = performance.now() + ms;
  let frame = 0;
  const look = () => {
    if (performance.now() >= due) act();
    else frame = requestAnimationFrame(look);
  };
  frame = requestAnimationFrame(look);
  return () => cancelAnimationFrame(frame);
}
