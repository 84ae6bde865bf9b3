// @ts-check
// How text is set: its size, lines over lines, and words that are broken without a hyphen.

import { area, common, pathOf } from "./boxes.js";
import { countOrdinals } from "../reader/ordinals.js";

/** @typedef {import("./reach.js").Reach} Reach */
/** @typedef {import("./reach.js").Run} Run */
/** @typedef {import("./text.js").Piece} Piece */

const ROUNDING = 0.5; // px
const SMALLEST = 0.7; // of its size, to which a wide table or formula may shrink
const EXAMPLES = 5;

/** The text size of an element on the screen, px: with zoom and transforms.
 * @param {Reach} reach @param {Element} element @returns {number} */
export function drawnSize(reach, element) {
  return parseFloat(reach.style(element).fontSize) * scaleOf(element);
}

/** @param {Element} element how much larger it is drawn than its style says */
function scaleOf(element) {
  let scale = 1;
  const view = /** @type {Window} */ (element.ownerDocument.defaultView);
  for (let at = /** @type {any} */ (element); at; at = at.parentElement) {
    const style = view.getComputedStyle(at);
    scale *= parseFloat(style.zoom) || 1;
    if (style.transform !== "none") {
      const m = new (/** @type {any} */ (view).DOMMatrix)(style.transform);
      scale *= Math.sqrt(Math.abs(m.a * m.d - m.b * m.c));
    }
  }
  return scale;
}

const APART = "svg, math, pre, code, table, nav, ol, ul, dl, blockquote";
const RUNNING_TEXT = 3000; // characters, from which they are what a chapter is made of
const SHARE = 0.1; // of them, in one size

/** The ratio of running text, which is what gets the size asked for. @param {Reach} reach */
function ratioOfRunningText(reach) {
  /** @type {Map<number, number>} */ const counts = new Map();
  for (const { node, owner } of reach.runs) {
    const ratio = reach.wishes.get(owner)?.ratio;
    if (!ratio || owner.closest(APART)) continue;
    counts.set(ratio, (counts.get(ratio) || 0) + countOrdinals(node));
  }
  const all = [...counts.values()].reduce((sum, one) => sum + one, 0);
  const [common] = [...counts].reduce((best, one) => (one[1] > best[1] ? one : best), [1, 0]);
  if (all >= RUNNING_TEXT) {
    return Math.max(...[...counts].filter(([, one]) => one >= SHARE * all).map(([ratio]) => ratio));
  }
  const body = reach.wishes.get(reach.doc.body)?.ratio ?? 1;
  return Math.max(1, common, body); // too little text to tell
}

/** Text smaller than the size asked for times the book's own ratio. What is in a table or formula
 * that was shrunk is told apart, and counts as small under 70 %. Text of drawings has no such size.
 * @param {Reach} reach @param {number} asked px */
export function sizesOf(reach, asked) {
  /** @type {Map<Element, {path: string, scale: number, px: number}>} */ const shrunk = new Map();
  /** @type {Map<string, {path: string, px: number, wanted: number, characters: number}>} */
  const small = new Map();
  let characters = 0;
  const running = ratioOfRunningText(reach);
  for (const run of reach.runs) {
    const { owner } = run;
    if (owner.closest("svg")) continue;
    const sized = owner.closest("math") ?? owner; // the sizes of scripts come from the font
    const wish = /** @type {{ratio: number}} */ (reach.wishes.get(sized));
    const wanted = (wish.ratio / running) * asked;
    const px = drawnSize(reach, sized);
    if (px >= wanted - ROUNDING) continue;
    const frame = outermost(owner, "table, math");
    const scale = px / wanted;
    const known = frame && shrunk.get(frame);
    if (frame && (!known || px < known.px)) {
      shrunk.set(frame, { path: pathOf(frame), scale: round(scale), px: round(px) });
    }
    if (frame && scale >= SMALLEST - 0.01) continue;
    const count = countOrdinals(run.node);
    characters += count;
    const key = pathOf(owner);
    const one = small.get(key) || { path: key, px: round(px), wanted: round(wanted), characters: 0 };
    one.characters += count;
    small.set(key, one);
  }
  return { characters, small: first(small), shrunk: Array.from(shrunk.values()) };
}

/** @param {Element} element @param {string} selector @returns {Element | null} */
function outermost(element, selector) {
  let found = null;
  for (let at = element.closest(selector); at; at = at.parentElement?.closest(selector) || null) found = at;
  return found;
}

const LETTER = /^[\p{L}\p{N}]$/u;
// Written without spaces: a line may end anywhere.
const UNSPACED = /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}\p{Script=Tibetan}\p{Script=Bopomofo}\u30fc]/u;

/** Words and numbers that go on in another line without a hyphen.
 * @param {Reach} reach @returns {{count: number, samples: string[]}} */
export function brokenWords(reach) {
  let count = 0;
  const samples = [];
  for (const run of reach.runs) {
    const pieces = run.pieces || [];
    for (let i = 1; i < pieces.length; i++) {
      if (!isBroken(run.node.data, pieces[i - 1], pieces[i])) continue;
      count++;
      if (samples.length < EXAMPLES) samples.push(wordAt(run.node.data, pieces[i].start));
    }
  }
  return { count, samples };
}

/** @param {string} text @param {Piece} before @param {Piece} after */
function isBroken(text, before, after) {
  if (before.end !== after.start) return false;
  const last = lastCharacter(text.slice(0, before.end));
  const next = String.fromCodePoint(/** @type {number} */ (text.codePointAt(after.start)));
  if (!LETTER.test(last) || !LETTER.test(next)) return false;
  if (UNSPACED.test(last) || UNSPACED.test(next)) return false;
  const a = before.box, b = after.box;
  const isBelow = (b.top + b.bottom) / 2 > a.bottom - 1;
  const isElsewhere = b.bottom < a.top + 1; // the next column
  return isBelow || isElsewhere;
}

/** @param {string} text */
function lastCharacter(text) {
  return Array.from(text.slice(-2)).pop() || "";
}

/** @param {string} text @param {number} at @returns {string} the word with a bar at its break */
function wordAt(text, at) {
  const before = /[\p{L}\p{N}]*$/u.exec(text.slice(Math.max(0, at - 40), at));
  const after = /^[\p{L}\p{N}]*/u.exec(text.slice(at, at + 40));
  return `${before ? before[0] : ""}|${after ? after[0] : ""}`;
}

/** @template T @param {Map<string, T & {characters: number}>} found @returns {T[]} the largest */
function first(found) {
  return Array.from(found.values()).sort((a, b) => b.characters - a.characters).slice(0, EXAMPLES);
}

/** @param {number} value */
const round = (value) => Math.round(100 * value) / 100;

const OVER = 0.25; // of the height of letters

/** Whether two pieces are lines of one block that run into one another.
 * @param {(element: Element) => CSSStyleDeclaration} style
 * @param {{run: Run, piece: Piece}} a @param {{run: Run, piece: Piece}} b */
export function linesOverlap(style, a, b) {
  const block = blockOf(a.run.owner, style);
  if (block !== blockOf(b.run.owner, style) || block.closest("svg, math, ruby")) return false;
  const [upper, lower] = [bandOf(a), bandOf(b)].sort((one, other) => one.top - other.top);
  const height = Math.min(upper.bottom - upper.top, lower.bottom - lower.top);
  if (lower.top - upper.top < 0.3 * height) return false; // one line
  const shared = common(upper, lower);
  return area(shared) > 0 && shared.bottom - shared.top > OVER * height;
}

/** @param {Element} element @param {(element: Element) => CSSStyleDeclaration} style */
function blockOf(element, style) {
  let at = element;
  while (at.parentElement && /^(inline|contents)$/.test(style(at).display)) at = at.parentElement;
  return at;
}

/** From the height of a `d` to the depth of a `p`: the middle of a line's box.
 * @param {{piece: Piece}} seen */
function bandOf({ piece: { box } }) {
  const air = 0.13 * (box.bottom - box.top);
  return { left: box.left, right: box.right, top: box.top + air, bottom: box.bottom - air };
}
