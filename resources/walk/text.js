// @ts-check
// The text of a chapter as it is drawn: where its pieces are, and which count at all.

import { countOrdinals } from "../reader/ordinals.js";

/** @typedef {import("./boxes.js").Box} Box */
/** A piece of a text node in one line. @typedef {{start: number, end: number, box: Box}} Piece */

const BLANK = /[\p{White_Space}\p{Default_Ignorable_Code_Point}\p{Cc}\u2800]/u;
const ASTRAL = 0xffff;

/** Nothing is to be seen of it, wherever it is. @param {string} character */
export const isBlank = (character) => BLANK.test(character);

/** @param {string} text @param {number} at @returns {number} */
export const widthAt = (text, at) => (/** @type {number} */ (text.codePointAt(at)) > ASTRAL ? 2 : 1);

/** Calls `act(ordinal, start, end)` for the characters in [from, to) that ordinals count.
 * @param {Text} node @param {number} first the ordinal of the text's first character
 * @param {number} from @param {number} to
 * @param {(ordinal: number, start: number, end: number) => void} act */
export function eachCharacter(node, first, from, to, act) {
  let ordinal = first + countOrdinals(node, from);
  for (let at = from; at < to; ) {
    const end = at + widthAt(node.data, at);
    if (countOrdinals(node, end, at)) act(ordinal++, at, end);
    at = end;
  }
}

/** The boxes of a range that have a size. @param {Range} range @returns {DOMRect[]} */
export function drawn(range) {
  return Array.from(range.getClientRects()).filter((r) => r.width > 0 && r.height > 0);
}

/** The box of a range of one character. Chromium counts the hyphen before a character to it, so it is
 * the last one. @param {Range} range @returns {DOMRect | undefined} */
export const boxOfOne = (range) => drawn(range).pop();

/** The pieces of a text node, one for each box that it is drawn in.
 * @param {Range} range scratch @param {Text} node @returns {Piece[]} client px */
export function piecesOf(range, node) {
  const { length } = node.data;
  const count = (/** @type {number} */ from, /** @type {number} */ to) => {
    range.setStart(node, from);
    range.setEnd(node, to);
    return drawn(range);
  };
  const whole = count(0, length);
  if (!whole.length) return markAlone(range, node);
  if (whole.length === 1) return [{ start: 0, end: length, box: whole[0] }];
  const pieces = [];
  const guess = Math.ceil(length / whole.length);
  for (let from = 0; from < length; ) {
    // The largest end up to which there is one box: in leaps first, then halving.
    let low = from + widthAt(node.data, from), leap = guess, high = low;
    while (high < length && count(from, high).length < 2) { low = high; high += leap; leap *= 2; }
    high = Math.min(high, length);
    if (count(from, high).length < 2) low = high;
    while (high - low > 1) {
      const middle = (low + high) >> 1;
      if (count(from, middle).length < 2) low = middle;
      else high = middle;
    }
    if (low < length && isLow(node.data, low)) low--;
    const end = Math.max(low, from + widthAt(node.data, from));
    const box = count(from, end).pop();
    if (box) pieces.push({ start: from, end, box });
    from = end;
  }
  return pieces;
}

/** Accents without a letter have a place and no width. @param {Range} range of the whole node
 * @param {Text} node @returns {Piece[]} */
function markAlone(range, node) {
  const box = Array.from(range.getClientRects()).find((r) => r.height > 0);
  if (!box || !/^[\s\p{M}]+$/u.test(node.data)) return [];
  const { left, top, bottom } = box;
  return [{ start: 0, end: node.data.length, box: { left, right: left + 1, top, bottom } }];
}

/** @param {string} text @param {number} at the second half of a surrogate pair */
function isLow(text, at) {
  const unit = text.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff;
}

const NEVER = "script, style, rp, template, option, datalist, svg title, svg desc, svg metadata, " +
  "svg defs, svg symbol, svg clipPath, svg mask, svg pattern, svg marker, svg style, svg script, " +
  "annotation, annotation-xml";

/** Why the book itself does not show an element's text; "" where it does.
 * @param {Element} element @param {(element: Element) => CSSStyleDeclaration} style
 * @returns {string} */
export function hiddenBy(element, style) {
  if (element.closest(NEVER)) return "never shown";
  if (/hidden|collapse/.test(style(element).visibility)) return "visibility";
  for (let at = /** @type {Element | null} */ (element); at; at = at.parentElement) {
    if (style(at).display === "none") return "display";
    if (at.localName === "details" && !at.hasAttribute("open")) {
      const summary = element.closest("summary");
      if (!summary || summary.parentElement !== at) return "closed details";
    }
  }
  // drawn only by programs that know no video or audio at all
  return element.closest("video, audio") ? "fallback" : "";
}
