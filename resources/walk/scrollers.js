// @ts-check
// Boxes that scroll inside a page: what they hold is reachable if the reader can scroll them.

/** @typedef {import("./boxes.js").Box} Box */
/** @typedef {import("./boxes.js").Clips} Clips */

import { meet } from "./boxes.js";

const STEP = 0.9; // of the box, so that no line is cut by both of two steps
const MOST_STEPS = 2000;
const NOTCH = 8; // px of a wheel's movement

export class Scrollers {
  /** @param {any} reader @param {any} chapter @param {Clips} clips @param {Iterable<Element>} owners
   *   elements with text */
  constructor(reader, chapter, clips, owners) {
    this.reader = reader;
    this.clips = clips;
    /** @type {Set<Element>} */ this.boxes = new Set();
    for (const owner of owners) {
      for (const clip of clips.chain(owner)) if (clip.scrolls) this.boxes.add(clip.element);
    }
    /** @type {Element[]} */ this.full = [];
    this.view = chapter.window;
  }

  /** Find those that hold more than they show. A new layout changes that. */
  measure() {
    this.full = [...this.boxes].filter((box) => {
      const { down, right } = this._range(box);
      return down > 1 || right > 1;
    });
  }

  /** Scroll each box on the page through its range; calls `look(box)` at each step.
   * @param {Box} page @param {(box: Element) => void} look */
  through(page, look) {
    for (const box of this.full) {
      if (!meet(box.getBoundingClientRect(), page)) continue;
      this._scroll(box, look);
    }
  }

  /** Whether the reader can move a box that has more to show. @param {Element} box */
  isStuck(box) {
    const { down, right } = this._range(box);
    return (down > 1 && !this._moves(box, 0, 1)) || (right > 1 && !this._moves(box, 1, 0));
  }

  /** @param {Element} box how far it scrolls, px */
  _range(box) {
    const { overflowX, overflowY } = this.clips.style(box);
    const allows = (/** @type {string} */ overflow) => /auto|scroll/.test(overflow);
    return {
      down: allows(overflowY) ? box.scrollHeight - box.clientHeight : 0,
      right: allows(overflowX) ? box.scrollWidth - box.clientWidth : 0,
    };
  }

  /** @param {Element} box @param {(box: Element) => void} look */
  _scroll(box, look) {
    const { down, right } = this._range(box);
    const rows = down > 1 && this._moves(box, 0, 1) ? steps(down, box.clientHeight) : [0];
    const columns = right > 1 && this._moves(box, 1, 0) ? steps(right, box.clientWidth) : [0];
    if (rows.length * columns.length === 1) return;
    const before = { left: box.scrollLeft, top: box.scrollTop };
    const way = this.view.getComputedStyle(box).direction === "rtl" ? -1 : 1;
    for (const top of rows) {
      for (const left of columns) {
        box.scrollTo({ left: way * left, top, behavior: "instant" });
        look(box);
      }
    }
    box.scrollTo({ ...before, behavior: "instant" });
  }

  /** Whether the reader's wheel moves a box, and not the page instead. The page decides when it gets
   * the event; what it would do with it is not done. @param {Element} box
   * @param {number} x @param {number} y the direction */
  _moves(box, x, y) {
    const { reader } = this;
    const before = { left: box.scrollLeft, top: box.scrollTop };
    let turned = false;
    const turn = reader.turn;
    reader.turn = () => { turned = true; };
    const event = new this.view.WheelEvent("wheel", {
      deltaX: x * NOTCH, deltaY: y * NOTCH, bubbles: true, cancelable: true, composed: true });
    const isFree = box.dispatchEvent(event);
    reader.turn = turn;
    const moved = box.scrollLeft !== before.left || box.scrollTop !== before.top;
    box.scrollTo({ ...before, behavior: "instant" });
    return moved || (isFree && !turned);
  }
}

/** @param {number} range @param {number} size of the box @returns {number[]} */
function steps(range, size) {
  const step = Math.max(range / MOST_STEPS, STEP * size, 1);
  const found = [];
  for (let at = 0; at < range; at += step) found.push(at);
  return [...found, range];
}
