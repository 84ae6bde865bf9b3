// @ts-check
// Which characters of a chapter stood legibly on one of its pages.

import { Clips, common, meet, pathOf } from "./boxes.js";
import { alphaOf, coverAt, opacityOf } from "./cover.js";
import { Overprints, inkOf } from "./overprint.js";
import { wishesFor } from "./pristine.js";
import { Scrollers } from "./scrollers.js";
import { boxOfOne, eachCharacter, isBlank, piecesOf } from "./text.js";

/** @typedef {import("./boxes.js").Box} Box */
/** @typedef {import("./text.js").Piece} Piece */
/** @typedef {import("./overprint.js").Seen} Seen */
/** A text node of the chapter. `bounds` are in the document, for a node that moves with the page.
 * @typedef {{node: Text, owner: Element, first: number, bounds: Box | null, fixed: boolean,
 *   left: number, pieces: Piece[] | null}} Run */

const SLACK = 1; // px
const WIDTH = 0.75; // of a character's advance has to be inside
const HEIGHT = 0.7; // of its line's height, around the middle: letters without their air
const HANG = 0.3; // of a line's height: letters reach no further out of their box
const LEAST_PX = 1; // smaller text is no text
const FAINTEST = 0.05; // opacity
const STRIDE = 120; // px between two points of a line that are looked at

/** What is known of a character. */
export const LOST = 0, REACHED = 1, UNCOUNTED = 2;

export class Reach {
  /** @param {any} reader @param {any} chapter a Chapter of it @param {Clips} clips */
  constructor(reader, chapter, clips) {
    this.chapter = chapter;
    this.doc = /** @type {Document} */ (chapter.doc);
    this.clips = clips;
    this.style = (/** @type {Element} */ element) => clips.style(element);
    this.range = this.doc.createRange();
    this.text = chapter.text;
    this.state = new Uint8Array(this.text.total);
    this.why = new Uint16Array(this.text.total); // index into `reasons`; 0: nobody has looked
    this.reasons = [""];
    /** @type {Run[]} */ this.runs = [];
    this.uncounted = 0;
    this.overlaps = 0; // lines that run into one another
    this.stamp = "";
    const owners = new Set([...this.text.nodes.map((/** @type {Text} */ node) => node.parentElement),
      ...this.doc.getElementsByTagName("math"), this.doc.body]);
    this.wishes = wishesFor(chapter, /** @type {Set<Element>} */ (owners));
    this._collect();
    this.scrollers = new Scrollers(reader, chapter, clips, new Set(this.runs.map((run) => run.owner)));
  }

  /** The text nodes, without what the book hides itself. */
  _collect() {
    this.text.nodes.forEach((/** @type {Text} */ node, /** @type {number} */ i) => {
      const owner = /** @type {Element} */ (node.parentElement);
      const { hidden } = /** @type {{hidden: string}} */ (this.wishes.get(owner));
      const first = this.text.starts[i];
      let left = 0;
      eachCharacter(node, first, 0, node.data.length, (ordinal, start, end) => {
        const uncounted = hidden || isBlank(node.data.slice(start, end));
        if (uncounted) { this.state[ordinal] = UNCOUNTED; this.uncounted++; } else left++;
      });
      if (left) this.runs.push({ node, owner, first, bounds: null, fixed: false, left, pieces: null });
    });
  }

  /** Mark the text of text fields: it is drawn where no range reaches. @param {Box} page */
  _fields(page) {
    for (const run of this.runs) {
      if (run.owner.localName !== "textarea" || !run.left) continue;
      const box = run.owner.getBoundingClientRect();
      if (!holds(this.clips.visible(this.clips.around(run.owner), box, page), box, 1)) continue;
      if (this._isCovered(run.owner, box) || this.scrollers.isStuck(run.owner)) continue;
      this._mark(run, { start: 0, end: run.node.data.length, box });
    }
  }

  /** Where every text is, now. A new layout moves all of it. */
  measure() {
    const { scrollX, scrollY } = this.chapter.window;
    for (const run of this.runs) {
      this.range.selectNodeContents(run.node);
      const r = this.range.getBoundingClientRect();
      run.fixed = this._isFixed(run.owner);
      run.bounds = { left: r.left + scrollX, top: r.top + scrollY,
        right: r.right + scrollX, bottom: r.bottom + scrollY };
      run.pieces = null;
    }
    this.scrollers.measure();
    this.stamp = this._stamp();
  }

  _stamp() {
    const { root, pages } = this.chapter;
    return `${pages} ${root.scrollWidth} ${root.scrollHeight}`;
  }

  /** @param {Element} element whether it does not move with the page as other text does */
  _isFixed(element) {
    for (let at = /** @type {Element | null} */ (element); at; at = at.parentElement) {
      if (/fixed|sticky/.test(this.style(at).position)) return true;
    }
    return false;
  }

  /** Mark what can be read on the page as it stands. @param {Box} page client px
   * @returns {boolean} whether any text is on it */
  look(page) {
    if (this.stamp !== this._stamp()) this.measure();
    const seen = this._lookAt(this._near(page), page);
    this.scrollers.through(page, (box) => {
      const inside = this.runs.filter((run) => run.left && box.contains(run.owner));
      this._lookAt(inside.map((run) => ({ ...run, fixed: true })), page);
    });
    this.clips.forget();
    this._fields(page);
    return seen;
  }

  /** @param {Run[]} runs @param {Box} page @returns {boolean} whether any text is on the page */
  _lookAt(runs, page) {
    this.clips.forget();
    const seen = this._on(runs, page);
    const over = new Overprints(this, seen);
    this.overlaps += over.overlaps;
    for (const one of seen) this._read(one, page, over);
    return seen.some(({ run, piece }) => meet(this._limits(run.owner, piece.box, page), piece.box));
  }

  /** @param {Element} owner @param {Box} box @param {Box} page @returns {Box} where it is visible */
  _limits(owner, box, page) {
    return this.clips.visible(this.clips.chain(owner), box, page);
  }

  /** The texts that may be on the page. @param {Box} page @returns {Run[]} */
  _near(page) {
    const { scrollX, scrollY } = this.chapter.window;
    return this.runs.filter((run) => {
      const b = /** @type {Box} */ (run.bounds);
      return run.fixed || (b.right - scrollX >= page.left && b.left - scrollX <= page.right &&
        b.bottom - scrollY >= page.top && b.top - scrollY <= page.bottom);
    });
  }

  /** The pieces of texts that are on the page, as far as their boxes tell.
   * @param {Run[]} runs @param {Box} page @returns {Seen[]} */
  _on(runs, page) {
    const seen = [];
    for (const run of runs) {
      for (const piece of this._pieces(run)) {
        if (!meet(piece.box, page)) continue;
        const shown = common(this._limits(run.owner, piece.box, page), piece.box);
        seen.push({ run, piece, shown });
      }
    }
    return seen;
  }

  /** @param {Run} run @returns {Piece[]} in client px, as it stands now */
  _pieces(run) {
    const { scrollX, scrollY } = this.chapter.window;
    if (run.fixed) return piecesOf(this.range, run.node);
    run.pieces ??= piecesOf(this.range, run.node).map((p) => moved(p, scrollX, scrollY));
    return run.pieces.map((p) => moved(p, -scrollX, -scrollY));
  }

  /** @param {Seen} seen @param {Box} page @param {Overprints} over */
  _read(seen, page, over) {
    const { run, piece } = seen;
    if (!run.left) return;
    const faint = this._faint(run.owner);
    if (faint) return this._blame(run, piece, faint);
    const { box } = piece;
    const limits = this._limits(run.owner, box, page);
    const whole = holds(limits, box, 1) && !this._hangsOut(piece, limits);
    if (whole && !over.at(piece) && !this._isCovered(run.owner, box)) return this._mark(run, piece);
    eachCharacter(run.node, run.first, piece.start, piece.end, (ordinal, start, end) => {
      if (this.state[ordinal] === LOST) this._readOne(seen, ordinal, start, end, page, over);
    });
  }

  /** @param {Seen} seen @param {number} ordinal @param {number} start @param {number} end
   * @param {Box} page @param {Overprints} over */
  _readOne(seen, ordinal, start, end, page, over) {
    const { run } = seen;
    this.range.setStart(run.node, start);
    this.range.setEnd(run.node, end);
    const rect = boxOfOne(this.range);
    if (!rect) { // joined to a neighbour, as accents are; without one it is nowhere
      if (isJoined(this.range)) this._reached(run, ordinal);
      return;
    }
    if (!meet(rect, page)) return;
    const limits = this._limits(run.owner, rect, page);
    if (!holds(limits, rect, WIDTH)) {
      const clip = this.clips.culprit(run.owner, rect);
      return this._blameOne(ordinal, clip ? this.clipping(clip.element) : "");
    }
    const character = run.node.data.slice(start, end);
    if (isCut(inkOf(character, run.owner, this.style(run.owner), rect), limits)) {
      return this._blameOne(ordinal, `cut at the edge: ${pathOf(run.owner)}`);
    }
    const cover = coverAt(this.doc, run.owner, (rect.left + rect.right) / 2,
      (rect.top + rect.bottom) / 2, this.style);
    if (cover) return this._blameOne(ordinal, cover);
    const printed = over.over(seen, ordinal, character, rect);
    if (printed) return this._blameOne(ordinal, printed);
    this._reached(run, ordinal);
  }

  /** Whether a letter at an end of a piece may reach out of it, and out of what is visible.
   * @param {Piece} piece @param {Box} limits */
  _hangsOut(piece, limits) {
    const near = HANG * (piece.box.bottom - piece.box.top);
    return piece.box.left - near < limits.left || piece.box.right + near > limits.right;
  }

  /** What to say of text that a box cuts off. @param {Element} box */
  clipping(box) {
    if (!this.scrollers.boxes.has(box)) return `clipped by overflow of ${pathOf(box)}`;
    return this.scrollers.isStuck(box)
      ? `in a scroll box that the wheel does not move: ${pathOf(box)}`
      : `at the edge of a scroll box: ${pathOf(box)}`;
  }

  /** @param {Element} owner @param {Box} box @returns {boolean} */
  _isCovered(owner, box) {
    const y = (box.top + box.bottom) / 2;
    const width = box.right - box.left;
    const steps = Math.max(1, Math.ceil(width / STRIDE));
    for (let i = 0; i <= steps; i++) {
      const x = box.left + 0.5 + ((width - 1) * i) / steps;
      if (coverAt(this.doc, owner, x, y, this.style)) return true;
    }
    return false;
  }

  /** @param {Element} owner @returns {string} */
  _faint(owner) {
    const style = this.style(owner);
    if (parseFloat(style.fontSize) < LEAST_PX) return `font-size ${style.fontSize} of ${pathOf(owner)}`;
    const colour = style.getPropertyValue("-webkit-text-fill-color") || style.color;
    if (opacityOf(owner, this.style) * alphaOf(colour) <= FAINTEST && !owner.closest("svg")) {
      return `transparent: ${pathOf(owner)}`;
    }
    return "";
  }

  /** @param {Run} run @param {Piece} piece */
  _mark(run, piece) {
    eachCharacter(run.node, run.first, piece.start, piece.end, (ordinal) => this._reached(run, ordinal));
  }

  /** @param {Run} run @param {number} ordinal */
  _reached(run, ordinal) {
    if (this.state[ordinal] !== LOST) return;
    this.state[ordinal] = REACHED;
    run.left--;
  }

  /** @param {Run} run @param {Piece} piece @param {string} reason */
  _blame(run, piece, reason) {
    eachCharacter(run.node, run.first, piece.start, piece.end,
      (ordinal) => this._blameOne(ordinal, reason));
  }

  /** @param {number} ordinal @param {string} reason */
  _blameOne(ordinal, reason) {
    if (!reason || this.state[ordinal] !== LOST) return;
    let at = this.reasons.indexOf(reason);
    if (at < 0) at = this.reasons.length < 65000 ? this.reasons.push(reason) - 1 : 0;
    this.why[ordinal] = at;
  }
}

/** @param {Piece} piece @param {number} x @param {number} y @returns {Piece} */
function moved(piece, x, y) {
  const b = piece.box;
  return { start: piece.start, end: piece.end,
    box: { left: b.left + x, right: b.right + x, top: b.top + y, bottom: b.bottom + y } };
}

/** Whether enough of a box of text is inside: `part` of its width, and the middle of its height.
 * @param {Box} limits @param {Box} box @param {number} part */
function holds(limits, box, part) {
  const air = ((1 - HEIGHT) / 2) * (box.bottom - box.top);
  if (box.top + air < limits.top - SLACK || box.bottom - air > limits.bottom + SLACK) return false;
  const inside = Math.min(box.right, limits.right + SLACK) - Math.max(box.left, limits.left - SLACK);
  return inside >= part * (box.right - box.left) - 0.01;
}

/** Whether too much of what is drawn of a character is cut off at a side.
 * @param {Box} ink @param {Box} limits */
function isCut(ink, limits) {
  const width = ink.right - ink.left;
  const seen = Math.min(ink.right, limits.right + SLACK) - Math.max(ink.left, limits.left - SLACK);
  return seen < WIDTH * width - 0.01;
}

/** Whether a character without a box of its own is drawn together with the one before it.
 * @param {Range} range */
function isJoined(range) {
  const text = /** @type {Text} */ (range.startContainer).data;
  const character = text.slice(range.startOffset, range.endOffset);
  return /\p{M}/u.test(character) && range.getClientRects().length > 0;
}
