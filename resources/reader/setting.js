// @ts-check
// What a book's own styles say of how text is set, written so that it follows the reader's settings and
// no line overlaps the next one. Once at load, before the sizes are scaled.

import { matching } from "./rules.js";

const LENGTH = /^([\d.]+)(px|pt|pc|cm|mm|in|em|rem|ex|ch|%)$/;
/** px, or part of the size of the text around */
const UNITS = /** @type {Record<string, number>} */ ({ px: 1, pt: 4 / 3, pc: 16, cm: 37.8, mm: 3.78, in: 96, rem: 16 });
const PARTS = /** @type {Record<string, number>} */ ({ em: 1, "%": 0.01, ex: 0.5, ch: 0.5 });
const KEYWORDS = /** @type {Record<string, number>} */ ({
  "xx-small": 9, "x-small": 10, small: 13, medium: 16, large: 18, "x-large": 24, "xx-large": 32,
});
const MARK_LENGTH = 24; // characters; what is raised and longer may have lines of its own

/** The size of the book's body text before the reader's is applied, px. @param {Document} doc */
export function sizeBefore(doc) {
  const style = doc.defaultView?.getComputedStyle(doc.body || doc.documentElement);
  const scale = Number(style?.getPropertyValue("--kios-scale")) || 1;
  return (parseFloat(style?.fontSize || "") || 16) / scale;
}

/** @param {Document} doc @param {CSSStyleDeclaration} style @param {string | Element} whose
 * @param {number} base from `sizeBefore` */
export function yieldSetting(doc, style, whose, base) {
  setOne(style, base);
  if (isRaised(style) && areMarks(doc, whose)) style.setProperty("line-height", "0", "important");
}

/** @param {CSSStyleDeclaration} style @param {number} base size of the book's body text, px */
function setOne(style, base) {
  const put = (/** @type {string} */ name, /** @type {string} */ value) =>
    style.setProperty(name, value, style.getPropertyPriority(name));
  if (style.textAlign === "justify") put("text-align", "var(--kios-justified, justify)");
  if (style.fontWeight === "normal" || style.fontWeight === "400") put("font-weight", "var(--kios-weight, 400)");
  const ratio = lineRatio(style, base);
  if (ratio) put("line-height", `${ratio}`);
}

/** The line height of a rule as a number, which suits every size of text that inherits it.
 * @param {CSSStyleDeclaration} style @param {number} base px
 * @returns {number} 0 where it stays as it is: it is none, or 0 so that a mark moves no line */
function lineRatio(style, base) {
  const height = style.lineHeight;
  const length = LENGTH.exec(height);
  if (!length) return Number(height) > 0 && Number(height) < 1 ? 1 : 0;
  const [, number, unit] = length;
  const value = Number(number);
  const ratio = unit in PARTS ? value * PARTS[unit] : (value * UNITS[unit]) / (sizeOf(style.fontSize, base) || base);
  return value && Math.max(1, Math.round(ratio * 1000) / 1000);
}

/** @param {string} size as written @param {number} base px @returns {number} px; 0 if it is not known */
function sizeOf(size, base) {
  if (size in KEYWORDS) return KEYWORDS[size];
  const length = LENGTH.exec(size);
  if (!length) return 0;
  const [, number, unit] = length;
  return Number(number) * (unit in PARTS ? base * PARTS[unit] : UNITS[unit]);
}

/** @param {CSSStyleDeclaration} style */
function isRaised({ verticalAlign }) {
  return verticalAlign === "super" || verticalAlign === "sub" || LENGTH.test(verticalAlign.replace("-", ""));
}

/** Whether declarations are for marks in lines, such as numbers of notes.
 * @param {Document} doc @param {string | Element} whose */
function areMarks(doc, whose) {
  const elements = typeof whose === "string" ? matching(doc, whose) : [whose];
  return elements.length > 0 && elements.slice(0, 3).every(isMark);
}

/** @param {Element} element */
function isMark(element) {
  return !element.matches("td, th, img, svg, p, div, li") && !element.querySelector("img, svg, br, p, div") &&
    (element.textContent || "").trim().length <= MARK_LENGTH;
}
