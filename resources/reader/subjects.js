// @ts-check
// What of a chapter can be opened in the viewer: pictures, drawings, tables and formulas.

import { onlyPicture } from "./pictures.js";

/** @typedef {import("./chapter.js").Chapter} Chapter */
/** @typedef {"picture" | "drawing" | "table" | "formula"} Kind */
/** @typedef {{chapter: Chapter, element: Element, kind: Kind}} Subject */

const CANDIDATES = "img, svg, table, math";
const LONG = 48, SHORT = 20; // px of the sides of a picture; smaller ones are ornaments, or letters

/** What is at a place, the innermost first. @param {Chapter} chapter
 * @param {Element | null} target @returns {Subject[]} */
export function subjectsAt(chapter, target) {
  const found = [];
  for (let at = target; at; at = at.parentElement) {
    if (isSubject(at) && isLargeEnough(at)) found.push(asSubject(chapter, at));
  }
  return found;
}

/** Everything in a chapter that can be opened. @param {Chapter} chapter @returns {Subject[]} */
export function subjectsOf(chapter) {
  return Array.from(chapter.doc.querySelectorAll(CANDIDATES)).filter(isSubject)
    .filter(isLargeEnough).map((element) => asSubject(chapter, element));
}

/** What a plain click opens: a picture, or a table or formula that the page shows otherwise than the
 * book has it. In other tables a click is one in text. @param {Subject} subject */
export function opensByClick({ chapter, element, kind }) {
  if (kind === "picture" || kind === "drawing") return !element.closest("a[*|href]");
  return kind === "formula" || chapter.mends.changes(element);
}

/** Whether there is nothing else in the chapter, as of a cover. @param {Subject} subject */
export function isAlone({ chapter, element }) {
  return onlyPicture(chapter) === element;
}

/** Whether a part of it is on the screen. @param {Subject} subject */
export function isOnScreen({ chapter, element }) {
  const { innerHeight } = chapter.window;
  return Array.from(element.getClientRects()).some((rect) => rect.width && (chapter.scrolled
    ? rect.bottom > 0 && rect.top < innerHeight : chapter.pageOf(rect) === chapter.page));
}

/** The file of a picture; "" for what is drawn by the chapter itself, and where there is no address.
 * @param {Subject} subject @returns {string} its address */
export function fileOf({ element }) {
  if (element.localName === "img") {
    const { currentSrc, src } = /** @type {HTMLImageElement} */ (element);
    return currentSrc || src;
  }
  const image = onlyImage(element);
  const href = image?.getAttribute("href") ?? image?.getAttributeNS("http://www.w3.org/1999/xlink", "href");
  const base = element.ownerDocument.URL;
  return href && URL.canParse(href, base) ? new URL(href, base).href : "";
}

/** How it is called, and what is said about it in the book. @param {Subject} subject
 * @returns {{label: string, caption: string}} */
export function wordsOf({ element, kind }) {
  const words = (/** @type {Element | null | undefined} */ one) =>
    one?.textContent?.replace(/\u00ad/g, "").replace(/\s+/g, " ").trim() ?? "";
  const own = kind === "table" ? words(element.querySelector("caption"))
    : kind === "drawing" ? words(element.querySelector(":scope > title")) : "";
  const label = element.getAttribute("alt") || element.getAttribute("aria-label") ||
    element.getAttribute("alttext") || own || element.getAttribute("title") || "";
  return { label: label.trim(), caption: words(element.closest("figure")?.querySelector("figcaption")) || own };
}

/** The only thing that a drawing shows, if that is one picture, as on many covers.
 * @param {Element} element @returns {Element | null} */
function onlyImage(element) {
  if (element.localName !== "svg") return null;
  const shown = element.querySelectorAll("image, text, path, rect, circle, ellipse, line, polygon, polyline, use, foreignObject");
  return shown.length === 1 && shown[0].localName === "image" ? shown[0] : null;
}

/** @param {Chapter} chapter @param {Element} element @returns {Subject} */
function asSubject(chapter, element) {
  const { localName } = element;
  const kind = localName === "table" ? "table" : localName === "math" ? "formula"
    : localName === "img" || onlyImage(element) ? "picture" : "drawing";
  return { chapter, element, kind };
}

/** @param {Element} element */
function isSubject(element) {
  if (!element.matches(CANDIDATES)) return false;
  if (element.localName === "math") return isDisplayed(element);
  const around = element.localName === "table" ? "table" : "svg, math";
  return !element.parentElement?.closest(around);
}

/** Whether a formula stands for itself, not in a line of text. @param {Element} math */
function isDisplayed(math) {
  return math.getAttribute("display") === "block" || math.getAttribute("mode") === "display" ||
    /^(block|flex|table)/.test(/** @type {Window} */ (math.ownerDocument.defaultView).getComputedStyle(math).display);
}

/** @param {Element} element */
function isLargeEnough(element) {
  const isText = /^(table|math)$/.test(element.localName);
  return Array.from(element.getClientRects()).some(({ width, height }) => (isText ? width && height
    : Math.max(width, height) >= LONG && Math.min(width, height) >= SHORT));
}
