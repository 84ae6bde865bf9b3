// @ts-check
// Pages without anything on them, which empty elements beside forced breaks make.

import { readLines } from "./lines.js";
import { PICTURES } from "./pictures.js";
import { declaring } from "./suspects.js";

/** @typedef {import("./chapter.js").Chapter} Chapter */
/** @typedef {import("./mends.js").Changes} Changes */
/** @typedef {import("./lines.js").Lines} Lines */

const FORCED = /break-(before|after)/;
const HIGH = /(height|margin|padding)[^;]*?(\d{3,}(\.\d+)?(px|pt)|\d{2,}(\.\d+)?(r?em|ex|cm|mm|in|pc|%)|calc|var)/;
const HEADINGS = "h1, h2, h3, h4, h5, h6";
const ROUNDS = 4;

const DRAWN = `${PICTURES}, hr, math, embed, iframe, audio[controls], input, textarea, select, button, ` +
  "meter, progress";
const GENERATED = ["::before", "::after"];
const EDGES = ["top", "right", "bottom", "left"];
const TRANSPARENT = /^transparent$|\/ 0\)$|^rgba\(.*, 0\)$/;

/** @param {Chapter} chapter @param {Lines} lines */
export function removeBlankPages(chapter, lines) {
  if (chapter.scrolled) return;
  for (let round = 0; round < ROUNDS && chapter.pages > 1; round++) {
    const blank = blankPages(chapter, lines);
    if (!blank.size) return;
    if (!(dropBreaks(chapter, blank) || dropHeights(chapter, blank))) return dropLast(chapter, blank);
    chapter.measure();
    lines = readLines(chapter);
  }
}

/** @param {Chapter} chapter @param {Lines} lines @returns {Set<number>} */
function blankPages(chapter, lines) {
  const { step } = chapter;
  /** @type {Set<number>} */ const blank = new Set(Array(chapter.pages).keys());
  const mark = (/** @type {number} */ start, /** @type {number} */ end) => {
    for (const page of pagesOf(start, end, step)) blank.delete(page);
  };
  for (let i = 0; i < lines.start.length; i++) mark(lines.start[i], lines.end[i]);
  if (!blank.size) return blank;
  const all = [chapter.doc.body, ...Array.from(chapter.doc.body.querySelectorAll("*"))];
  for (const element of all) {
    for (const rect of Array.from(element.getClientRects())) {
      if (!blank.size) return blank;
      if (!rect.width || !rect.height) continue;
      const start = chapter.across(rect);
      const pages = pagesOf(start, start + rect.width, step);
      if (pages.some((page) => blank.has(page)) && isDrawn(chapter, element)) mark(start, start + rect.width);
    }
  }
  return blank;
}

/** @param {number} start @param {number} end @param {number} step @returns {number[]} where a box
 * begins and ends */
function pagesOf(start, end, step) {
  return [Math.floor((start + 1) / step), Math.floor((end - 1) / step)];
}

/** Whether an element shows something besides text. What is only the ground under text shows nothing
 * where the text is not. @param {Chapter} chapter @param {Element} element */
function isDrawn(chapter, element) {
  const style = chapter.window.getComputedStyle(element);
  if (style.visibility !== "visible" || parseFloat(style.opacity) === 0) return false;
  if (element.matches(DRAWN)) return true;
  if (GENERATED.some((name) => isText(chapter.window.getComputedStyle(element, name).content))) return true;
  if (element.textContent?.trim()) return false;
  return style.backgroundImage !== "none" || !TRANSPARENT.test(style.backgroundColor) ||
    EDGES.some((edge) => parseFloat(style.getPropertyValue(`border-${edge}-width`)) > 0 &&
      !TRANSPARENT.test(style.getPropertyValue(`border-${edge}-color`)));
}

/** @param {string} content of a pseudo-element */
function isText(content) {
  return !/^(none|normal|(["']\s*["']\s*)*)$/.test(content);
}

/** Drop blank pages after the last text, which boxes wider than their text make.
 * @param {Chapter} chapter @param {Set<number>} blank */
function dropLast(chapter, blank) {
  let { pages } = chapter;
  while (pages > 1 && blank.has(pages - 1)) pages--;
  if (pages < chapter.pages) chapter.end(pages);
}

/** Drop the forced breaks at the edges of blank pages, and what keeps headings after them together. @param {Chapter} chapter
 * @param {Set<number>} blank @returns {boolean} whether something changed */
function dropBreaks(chapter, blank) {
  /** @type {Changes} */ const changes = [];
  const [breaking] = declaring(chapter.doc, [FORCED]);
  for (const element of breaking) {
    const rects = element.getClientRects();
    if (!rects.length) continue;
    const first = Math.floor((chapter.across(rects[0]) + 1) / chapter.step);
    const last = Math.floor((chapter.across(rects[rects.length - 1]) + 1) / chapter.step);
    const style = chapter.window.getComputedStyle(element);
    if (style.breakBefore !== "auto" && (blank.has(first - 1) || blank.has(first))) {
      changes.push([element, { "break-before": "auto" }]);
    }
    if (style.breakAfter !== "auto" && (blank.has(last + 1) || blank.has(last))) {
      changes.push([element, { "break-after": "auto" }]);
    }
  }
  for (const heading of Array.from(chapter.doc.querySelectorAll(HEADINGS))) {
    const [rect] = heading.getClientRects();
    const isAfter = rect && blank.has(Math.floor((chapter.across(rect) + 1) / chapter.step) - 1);
    if (isAfter) changes.push([heading, { "break-after": "auto" }]); // several keep no page for themselves
  }
  return chapter.mends.apply(changes);
}

const FLAT = {
  height: "auto", "min-height": "0px", "margin-top": "0px", "margin-bottom": "0px",
  "padding-top": "0px", "padding-bottom": "0px",
};

/** Drop the heights of boxes that fill blank pages. @param {Chapter} chapter
 * @param {Set<number>} blank @returns {boolean} whether something changed */
function dropHeights(chapter, blank) {
  const [declared] = declaring(chapter.doc, [HIGH]);
  const high = declared.filter((element) => Array.from(element.getClientRects())
    .some((rect) => blank.has(Math.floor((chapter.across(rect) + 1) / chapter.step))));
  return chapter.mends.apply(high.map((element) => [element, FLAT]));
}
