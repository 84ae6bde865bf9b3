// @ts-check
// Pages without anything on them, which empty elements beside forced breaks make.

import { PICTURES } from "./pictures.js";
import { declaring } from "./suspects.js";

/** @typedef {import("./chapter.js").Chapter} Chapter */

const FORCED = /break-(before|after)/;
const ROUNDS = 4;

/** @param {Chapter} chapter */
export function removeBlankPages(chapter) {
  if (chapter.scrolled) return;
  for (let round = 0; round < ROUNDS && chapter.pages > 1; round++) {
    const blank = blankPages(chapter);
    if (!blank.size || !dropBreaks(chapter, blank)) return;
    chapter.measure();
  }
}

/** @param {Chapter} chapter @returns {Set<number>} */
function blankPages(chapter) {
  const { step } = chapter;
  /** @type {Set<number>} */ const blank = new Set(Array(chapter.pages).keys());
  const range = chapter.doc.createRange();
  const mark = (/** @type {DOMRectList} */ rects) => {
    for (const rect of Array.from(rects)) {
      if (!rect.width || !rect.height) continue;
      const start = chapter.across(rect);
      blank.delete(Math.floor((start + 1) / step));
      blank.delete(Math.floor((start + rect.width - 1) / step));
    }
  };
  for (const element of Array.from(chapter.doc.body.querySelectorAll(`${PICTURES}, hr, math`))) {
    mark(element.getClientRects());
  }
  for (const node of chapter.text ? chapter.text.nodes : []) {
    if (!blank.size) break;
    range.selectNodeContents(node);
    mark(range.getClientRects());
  }
  return blank;
}

/** Drop the forced breaks at the edges of blank pages. @param {Chapter} chapter
 * @param {Set<number>} blank @returns {boolean} whether something changed */
function dropBreaks(chapter, blank) {
  let changed = false;
  for (const element of declaring(chapter.doc, FORCED)) {
    const rects = element.getClientRects();
    if (!rects.length) continue;
    const first = Math.floor((chapter.across(rects[0]) + 1) / chapter.step);
    const last = Math.floor((chapter.across(rects[rects.length - 1]) + 1) / chapter.step);
    const style = chapter.window.getComputedStyle(element);
    if (style.breakBefore !== "auto" && (blank.has(first - 1) || blank.has(first))) {
      changed = chapter.mends.set(element, { "break-before": "auto" }) || changed;
    }
    if (style.breakAfter !== "auto" && (blank.has(last + 1) || blank.has(last))) {
      changed = chapter.mends.set(element, { "break-after": "auto" }) || changed;
    }
  }
  return changed;
}
