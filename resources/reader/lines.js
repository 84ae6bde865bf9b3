// @ts-check
// Finds text that the reader can't read: past the edge of every page, or printed over other text.

import { isDrawing, overprinted } from "./overprints.js";

/** @typedef {import("./chapter.js").Chapter} Chapter */

/** @typedef {"side" | "below" | "over" | "narrow" | "broken"} Loss past the side of the page, past its
 * top or bottom, printed over other text, in lines of a few letters each, or one word in several lines */

/** @typedef {{node: Text, loss: Loss, over?: Text}} Lost `over`: the text that it lies over */

const SLACK = 1; // px, for rounding
/** Above and below the letters of a line its box is empty, which may be cut or overlap. */
export const EMPTY = 0.15;
/** A paragraph with so many lines, of so few characters each, has no room if its words are broken. */
const NARROW = { lines: 12, characters: 6 };
/** Of scripts that have no words to break; one character a line is how titles are set in them. */
const WORDLESS = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}]/u;
const WORD = /^\s*[\p{L}\p{N}.,]{2,30}\s*$/u;

/** The lines of a chapter, and the text that can't be read. Where a line starts and ends is counted
 * as by `Chapter.across`. */
export class Lines {
  constructor() {
    /** @type {Lost[]} in document order, each node at most once */ this.lost = [];
    /** @type {number[]} */ this.node = [];
    /** @type {number[]} */ this.column = [];
    /** @type {number[]} */ this.start = [];
    /** @type {number[]} */ this.end = [];
    /** @type {number[]} */ this.top = [];
    /** @type {number[]} */ this.bottom = [];
  }
}

/** @param {Chapter} chapter @returns {Lines} */
export function readLines(chapter) {
  const nodes = chapter.text ? chapter.text.nodes : [];
  const room = roomOf(chapter);
  const range = chapter.doc.createRange();
  const lines = new Lines();
  const boxes = new BoxColumns(chapter, room.width);
  const isClosed = closedIn(chapter.doc);
  /** @type {Map<number, Loss>} */ const lost = new Map();
  let lastColumn = 0, lastTop = 0, lastBottom = 0;
  const { rtl } = chapter;
  const origin = chapter.origin; // asking the window for each line would take most of the time
  for (let index = 0; index < nodes.length; index++) {
    const node = nodes[index];
    if (isScrolled(chapter, node.parentElement) || isClosed(node)) continue;
    range.selectNodeContents(node);
    const rects = range.getClientRects();
    if (isNarrow(chapter, node, rects.length)) lost.set(index, "narrow");
    else if (rects.length > 1 && WORD.test(node.data) && !WORDLESS.test(node.data)) lost.set(index, "broken");
    for (let i = 0, count = rects.length; i < count; i++) { // an iterator would take twice as long
      const { left, right, top: upper, bottom: lower } = rects[i]; // each is a call into the engine
      if (left === right || upper === lower) continue;
      const start = rtl ? origin - right : left - origin;
      const column = Math.floor((start + SLACK) / room.width);
      const end = start + right - left;
      const inset = (lower - upper) * EMPTY;
      const top = upper + room.scrolled + inset;
      const bottom = lower + room.scrolled - inset;
      /** @type {Loss | null} */ let loss = null;
      if (column < 0 || end > (column + 1) * room.width + SLACK) loss = "side";
      else if (top < 0 || bottom > room.height) loss = "below";
      else if ((column < lastColumn || (column > lastColumn && bottom > lastTop && top < lastBottom)) &&
        !boxes.reach(node, column)) loss = "side";
      if (loss && !lost.has(index) && isRead(chapter, node, loss, boxes)) lost.set(index, loss);
      lastColumn = column;
      lastTop = top;
      lastBottom = bottom;
      lines.node.push(index);
      lines.column.push(column);
      lines.start.push(start);
      lines.end.push(end);
      lines.top.push(top);
      lines.bottom.push(bottom);
    }
  }
  const over = overprinted(chapter, lines, nodes);
  for (const index of over.keys()) if (!lost.has(index)) lost.set(index, "over");
  lines.lost = [...lost.entries()].sort((a, b) => a[0] - b[0])
    .map(([index, loss]) => ({ node: nodes[index], loss, over: nodes[over.get(index) ?? -1] }));
  return lines;
}

/** The room for a column, half of the gaps around it included. In the scrolled layout that is the
 * window, as high as the chapter. @param {Chapter} chapter */
function roomOf(chapter) {
  const { scrollY } = chapter.window;
  // the scroll bar covers the end of the window
  if (chapter.scrolled) return { width: chapter.root.clientWidth, height: Infinity, scrolled: scrollY };
  return { width: chapter.pitch, height: chapter.window.innerHeight, scrolled: 0 };
}

/** The columns in which boxes have a part, asked once for all the lines in them. */
class BoxColumns {
  /** @param {Chapter} chapter @param {number} width of a column with its gap */
  constructor(chapter, width) {
    this.chapter = chapter;
    this.width = width;
    /** null for boxes inside a line @type {Map<Element, Set<number> | null>} */ this.known = new Map();
  }

  /** Whether all boxes around a text have a part that begins in a column: what runs on past its
   * column is drawn over the next one. @param {Text} node @param {number} column */
  reach(node, column) {
    const { body } = this.chapter.doc;
    for (let box = node.parentElement; box && box !== body; box = box.parentElement) {
      if (this._of(box)?.has(column) === false) return false;
    }
    return true;
  }

  /** @param {Element} box */
  _of(box) {
    let columns = this.known.get(box);
    if (columns === undefined) {
      columns = this._measured(box);
      this.known.set(box, columns);
    }
    return columns;
  }

  /** @param {Element} box */
  _measured(box) {
    const { chapter, width } = this;
    if (/^(inline|contents|ruby|math)/.test(chapter.window.getComputedStyle(box).display)) return null;
    const rects = Array.from(box.getClientRects());
    return new Set(rects.map((rect) => Math.floor((chapter.across(rect) + SLACK) / width)));
  }
}

/** Whether a text has no room. @param {Chapter} chapter @param {Text} node @param {number} lines */
function isNarrow(chapter, node, lines) {
  const { data, parentElement } = node;
  if (lines <= NARROW.lines || data.length >= lines * NARROW.characters || !parentElement) return false;
  if (WORDLESS.test(data) || lines <= data.split(/\s+/).length) return false;
  if (/pre|break/.test(chapter.window.getComputedStyle(parentElement).whiteSpace)) return false;
  return !parentElement.closest("table, math, svg, ruby, pre");
}

/** Whether there is text to read: neither hidden, nor only the spaces that end a line.
 * @param {Chapter} chapter @param {Text} node @param {Loss} loss @param {BoxColumns} boxes */
function isRead(chapter, node, loss, boxes) {
  const parent = /** @type {Element} */ (node.parentElement);
  if (chapter.window.getComputedStyle(parent).visibility !== "visible" || isDrawing(parent)) return false;
  if (loss !== "side" || node.data.length > 5000) return true;
  const range = chapter.doc.createRange();
  const { data } = node;
  for (let i = 0; i < data.length; i++) {
    if (/\s/.test(data[i])) continue;
    range.setStart(node, i);
    range.setEnd(node, i + 1);
    const rect = range.getBoundingClientRect();
    const start = chapter.across(rect);
    const column = Math.floor((start + SLACK) / boxes.width);
    if (!rect.width) continue;
    if (column < 0 || start + rect.width > (column + 1) * boxes.width + SLACK) return true;
    if (!boxes.reach(node, column)) return true;
  }
  return false;
}

/** Tells what is in closed details: it has boxes, over what comes after them.
 * @param {Document} doc @returns {(node: Text) => boolean} */
function closedIn(doc) {
  if (!doc.querySelector("details:not([open])")) return () => false;
  return (node) => !(/** @type {any} */ (node.parentElement)).checkVisibility();
}

/** Whether a box around an element scrolls sideways. @param {Chapter} chapter
 * @param {Element | null} element */
function isScrolled(chapter, element) {
  if (!chapter.mends.scrollers.size) return false;
  for (; element; element = element.parentElement) {
    if (chapter.mends.scrollers.has(element)) return true;
  }
  return false;
}
