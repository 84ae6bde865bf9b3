// @ts-check
// Waiting. Where the JavaScript of a page is off, Chromium runs no timers, not even for our isolated
// world; frames are announced all the same.

/** Does something in the first frame after so many milliseconds, once. A page that nobody sees has
 * no frames and waits until it is shown.
 * @param {number} ms @param {() => void} act @returns {() => void} gives it up */
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
