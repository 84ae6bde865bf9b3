// @ts-check
// What a book's own styles say of how text is set, written so that it follows the reader's settings and
// no line overlaps the next one. Once at load, before the sizes are scaled.

import { matching } from "./rules.js";
import { KEYWORDS } from "./sizes.js";

const LENGTH = /^([\d.]+)(px|pt|pc|cm|mm|in|em|rem|ex|ch|%)$/;
/** px, or part of the size of the text around */
const UNITS = /** @type {Record<string, number>} */ ({ px: 1, pt: 4 / 3, pc: 16, cm: 37.8, mm: 3.78, in: 96 });
const PARTS = /** @type {Record<string, number>} */ ({ em: 1, "%": 0.01, ex: 0.5, ch: 0.5 });
const MARKS = "sup, sub, a, span, small, em, i, b, strong, font, abbr, cite";
const MARK_LENGTH = 24; // characters; what is raised and longer may have lines of its own

/** @typedef {{text: Map<CSSStyleDeclaration, number>, body: number, root: number}} Sizes px: of the
 * text that declarations without a size of their own are for, of all other, and what rem counts from */

/** The sizes that line heights are relative to, all read before anything is changed.
 * @param {Document} doc @param {[CSSStyleDeclaration, string | Element][]} declared @returns {Sizes} */
export function sizesUnder(doc, declared) {
  const view = /** @type {Window} */ (doc.defaultView);
  const { documentElement } = doc;
  const scale = Number(view.getComputedStyle(documentElement).getPropertyValue("--kios-scale")) || 1;
  const sizeOf = (/** @type {Element} */ one) => (parseFloat(view.getComputedStyle(one).fontSize) || 16) / scale;
  const text = new Map();
  for (const [style, whose] of declared) {
    if (!LENGTH.test(style.lineHeight) || style.fontSize) continue;
    const element = typeof whose === "string" ? matching(doc, whose)[0] : whose;
    if (element) text.set(style, sizeOf(element));
  }
  return { text, body: sizeOf(doc.body || documentElement), root: sizeOf(documentElement) };
}

/** @param {Document} doc @param {CSSStyleDeclaration} style @param {string | Element} whose
 * @param {Sizes} sizes */
export function yieldSetting(doc, style, whose, sizes) {
  setOne(style, isInitial(style, whose), sizes);
  if (isRaised(style) && areMarks(doc, whose)) style.setProperty("line-height", "0", "important");
}

/** Whether declarations are for a large first letter, whose height is measured out.
 * @param {CSSStyleDeclaration} style @param {string | Element} whose */
function isInitial(style, whose) {
  return /left|right/.test(style.cssFloat) || (typeof whose === "string" && whose.includes("first-letter"));
}

/** @param {CSSStyleDeclaration} style @param {boolean} initial @param {Sizes} sizes */
function setOne(style, initial, sizes) {
  const put = (/** @type {string} */ name, /** @type {string} */ value) =>
    style.setProperty(name, value, style.getPropertyPriority(name));
  if (style.textAlign === "justify") put("text-align", "var(--kios-justified, justify)");
  if (style.fontWeight === "normal" || style.fontWeight === "400") put("font-weight", "var(--kios-weight, 400)");
  const ratio = lineRatio(style, initial ? 0 : 1, sizes);
  if (ratio) put("line-height", `${ratio}`);
}

/** The line height of a rule as a number, which suits every size of text that inherits it.
 * @param {CSSStyleDeclaration} style @param {number} least @param {Sizes} sizes
 * @returns {number} 0 where it stays as it is: it is none, or 0 so that a mark moves no line */
function lineRatio(style, least, sizes) {
  const height = style.lineHeight;
  const length = LENGTH.exec(height);
  if (!length) return Number(height) > 0 && Number(height) < least ? least : 0;
  const [, number, unit] = length;
  const value = Number(number);
  const base = sizes.text.get(style) ?? sizes.body;
  const px = unit === "rem" ? value * sizes.root : value * UNITS[unit];
  const ratio = unit in PARTS ? value * PARTS[unit] : px / (sizeOf(style.fontSize, sizes) || base);
  return value && Math.max(least, Math.round(ratio * 1000) / 1000);
}

/** @param {string} size as written @param {Sizes} sizes @returns {number} px; 0 if it is not known */
function sizeOf(size, { body, root }) {
  if (Object.hasOwn(KEYWORDS, size)) return KEYWORDS[size];
  const length = LENGTH.exec(size);
  if (!length) return 0;
  const [, number, unit] = length;
  if (unit === "rem") return Number(number) * root;
  return Number(number) * (unit in PARTS ? body * PARTS[unit] : UNITS[unit]);
}

/** @param {CSSStyleDeclaration} style */
function isRaised({ verticalAlign }) {
  if (verticalAlign === "super" || verticalAlign === "sub") return true;
  return LENGTH.test(verticalAlign.replace("-", "")) && parseFloat(verticalAlign) !== 0;
}

const ASKED = 20; // elements that are looked at

/** Whether declarations are for marks in lines, such as numbers of notes.
 * @param {Document} doc @param {string | Element} whose */
function areMarks(doc, whose) {
  const elements = typeof whose === "string" ? matching(doc, whose) : [whose];
  return elements.length > 0 && elements.slice(0, ASKED).every(isMark);
}

/** @param {Element} element */
function isMark(element) {
  if (!element.matches(MARKS) || element.querySelector("img, svg, br")) return false;
  if ((element.textContent || "").trim().length > MARK_LENGTH) return false;
  const { display, float } = /** @type {any} */ (element.ownerDocument.defaultView?.getComputedStyle(element));
  return display === "inline" && float === "none";
}
