// @ts-check
// Text printed over other text: neither can be read.

import { area, common, meet, pathOf } from "./boxes.js";
import { linesOverlap } from "./quality.js";
import { boxOfOne, eachCharacter, isBlank } from "./text.js";

/** @typedef {import("./boxes.js").Box} Box */
/** @typedef {import("./reach.js").Run} Run */
/** @typedef {import("./text.js").Piece} Piece */
/** @typedef {{run: Run, piece: Piece, shown: Box}} Seen `shown` is the part that nothing clips */

const TOO_MUCH = 1 / 3; // of the smaller character's ink
/** A character alone that is set over a letter: an accent, a stroke, an arrow. */
const MARK = /^[\p{M}\p{Sk}\p{Sm}\p{So}\p{Pd}\p{Po}\p{Pc}]$/u;
const SHADOW = 0.3; // of a line's height
const AIR = 0.15; // of a line's height above and below most letters

export class Overprints {
  /** @param {{doc: Document, style: (element: Element) => CSSStyleDeclaration}} page
   * @param {Seen[]} seen the text on the page */
  constructor(page, seen) {
    this.style = page.style;
    this.range = page.doc.createRange();
    /** what may lie over a piece, as far as lines tell
     * @type {Map<Piece, Seen[]>} */ this.near = new Map();
    this.overlaps = 0; // lines of one block
    const sorted = seen.map((one) => ({ one, core: coreOf(one.piece.box) }))
      .sort((a, b) => a.core.top - b.core.top);
    for (let i = 0; i < sorted.length; i++) {
      const a = sorted[i];
      for (let k = i + 1; k < sorted.length && sorted[k].core.top < a.core.bottom; k++) {
        if (meet(a.core, sorted[k].core)) this._note(a.one, sorted[k].one);
      }
    }
  }

  /** @param {Seen} a @param {Seen} b */
  _note(a, b) {
    const shared = common(a.piece.box, b.piece.box);
    if (shared.right - shared.left < 1) return;
    if (linesOverlap(this.style, a, b)) this.overlaps++;
    this.near.set(a.piece, [...(this.near.get(a.piece) || []), b]);
    this.near.set(b.piece, [...(this.near.get(b.piece) || []), a]);
  }

  /** Whether something may be printed over a piece. @param {Piece} piece */
  at(piece) { return this.near.has(piece); }

  /** What is printed over a character of a piece, "" where nothing is.
   * @param {Seen} seen @param {number} ordinal @param {string} character @param {DOMRect} rect
   * @returns {string} */
  over({ run, piece }, ordinal, character, rect) {
    const others = (this.near.get(piece) || [])
      .filter((other) => meet(other.shown, rect) && !isMeant(run, piece, other));
    if (!others.length) return "";
    const ink = inkOf(character, run.owner, this.style(run.owner), rect);
    const found = others.find((other) => this._prints(other, ink, ordinal));
    return found ? `overprinted by ${pathOf(found.run.owner)}` : "";
  }

  /** @param {Seen} seen @param {Box} ink of a character of another piece
   * @param {number} ordinal of that, whose neighbours may be set as tight as the book likes */
  _prints({ run, piece }, ink, ordinal) {
    const { data } = run.node;
    let found = false;
    eachCharacter(run.node, run.first, piece.start, piece.end, (other, start, end) => {
      if (found || Math.abs(other - ordinal) < 2 || isBlank(data.slice(start, end))) return;
      this.range.setStart(run.node, start);
      this.range.setEnd(run.node, end);
      const rect = boxOfOne(this.range);
      if (!rect || !meet(rect, ink)) return;
      const theirs = inkOf(data.slice(start, end), run.owner, this.style(run.owner), rect);
      found = area(common(ink, theirs)) > TOO_MUCH * Math.min(area(ink), area(theirs));
    });
    return found;
  }
}

/** Whether a piece and another one are over each other on purpose: a mark over a letter, or the same
 * text, hardly moved, as its shadow. @param {Run} run @param {Piece} piece of it @param {Seen} other */
function isMeant(run, { box }, { run: theirs, piece: { box: shadow } }) {
  if (run !== theirs && (MARK.test(run.node.data.trim()) || MARK.test(theirs.node.data.trim()))) return true;
  const near = SHADOW * (box.bottom - box.top);
  return run !== theirs && run.node.data.trim() === theirs.node.data.trim() &&
    Math.abs(box.left - shadow.left) < near && Math.abs(box.top - shadow.top) < near;
}

/** @param {Box} box @returns {Box} without the air of its line */
function coreOf(box) {
  const air = AIR * (box.bottom - box.top);
  return { left: box.left, right: box.right, top: box.top + air, bottom: box.bottom - air };
}

/** @type {WeakMap<Document, CanvasRenderingContext2D>} */ const contexts = new WeakMap();

/** The measures of text in the fonts of its document, without zoom and transforms.
 * @param {Document} doc @param {CSSStyleDeclaration} style @param {string} text
 * @returns {TextMetrics} */
export function measure(doc, style, text) {
  let context = contexts.get(doc);
  if (!context) {
    context = /** @type {CanvasRenderingContext2D} */ (doc.createElement("canvas").getContext("2d"));
    contexts.set(doc, context);
  }
  context.font = `${style.fontStyle} ${style.fontWeight} ${style.fontSize} ${style.fontFamily}`;
  return context.measureText(text);
}

// Of what changes its shape beside others, a character alone tells nothing.
const PLAIN = /[\p{Script=Latin}\p{Script=Greek}\p{Script=Cyrillic}\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hebrew}\p{Nd}\p{P}\p{S}]/u;

/** The box of what is drawn of a character, from its font's measures.
 * @param {string} character @param {Element} owner @param {CSSStyleDeclaration} style of it
 * @param {DOMRect | Box} rect of the character @returns {Box} */
export function inkOf(character, owner, style, rect) {
  if (!PLAIN.test(character)) return rect;
  const m = measure(owner.ownerDocument, style, character);
  const natural = m.fontBoundingBoxAscent + m.fontBoundingBoxDescent;
  const scale = natural > 0 ? (rect.bottom - rect.top) / natural : 1; // zoom and transforms
  const base = rect.top + scale * m.fontBoundingBoxAscent;
  return {
    left: rect.left - scale * m.actualBoundingBoxLeft,
    right: rect.left + scale * m.actualBoundingBoxRight,
    top: base - scale * m.actualBoundingBoxAscent,
    bottom: base + scale * m.actualBoundingBoxDescent,
  };
}
