// @ts-check
// Makes all of a chapter reachable. Chromium draws boxes that it can't break, that clip, or that are
// wider than a column where no page shows them; here they are found by measuring, and mended.

import { removeBlankPages } from "./blanks.js";
import { release } from "./controls.js";
import { fitFormulas } from "./formulas.js";
import { readLines } from "./lines.js";
import { fitPictures } from "./pictures.js";
import { FLUSH, grown, insetOf, plain, remedy } from "./remedies.js";
import { declaring } from "./suspects.js";
import { fitTables } from "./tables.js";

/** @typedef {import("./chapter.js").Chapter} Chapter */
/** @typedef {import("./lines.js").Lines} Lines */
/** @typedef {import("./lines.js").Lost} Lost */

const CLIPPING = /overflow|clip|contain|line-clamp|content-visibility/;
const TRANSPARENT = /opacity:\s*0?\.?0/;
/** Sides so large that they may leave no room for text. */
const WIDE_SIDES = /(margin|padding|indent|left|right)[^;]*?(\d{3,}(\.\d+)?(px|pt)|\d{2,}(\.\d+)?(r?em|ex|ch|cm|mm|in|pc|%)|calc|var)/;
const UNMOVED = /position:\s*(fixed|sticky)/;
const ROUNDS = 12; // each is a layout; what is lost after them stays so

/** @param {Chapter} chapter laid out, and measured into pages */
export function fit(chapter) {
  if (!chapter.doc.body) return;
  let changed = openBoxes(chapter);
  changed = fitPictures(chapter) || changed;
  changed = fitFormulas(chapter) || changed;
  changed = fitTables(chapter) || changed;
  if (changed) chapter.measure();
  const before = chapter.mends.count;
  let lines = fitText(chapter);
  if (chapter.mends.count > before && fitPictures(chapter)) {
    chapter.measure();
    lines = readLines(chapter);
  }
  removeBlankPages(chapter, lines);
}

/** Boxes that cut off their content grow; boxes fixed to the window go back into the text, for they
 * would be drawn over every page. @param {Chapter} chapter */
function openBoxes(chapter) {
  let changed = false;
  for (const box of declaring(chapter.doc, CLIPPING)) {
    const style = chapter.window.getComputedStyle(box);
    if (style.display === "inline" || style.display === "none" || box === chapter.doc.body) continue;
    const isCut = style.clip !== "auto" || style.clipPath !== "none" || style.contain !== "none" ||
      style.contentVisibility === "hidden" || (style.overflow !== "visible" &&
      (box.scrollHeight > box.clientHeight + 1 || box.scrollWidth > box.clientWidth + 1 ||
       (!chapter.scrolled && box.getBoundingClientRect().bottom > chapter.floor + 1)));
    if (isCut) changed = chapter.mends.set(box, grown(style)) || changed;
  }
  for (const page of Array.from(chapter.doc.getElementsByTagName("foreignObject"))) {
    const { bottom } = page.getBoundingClientRect();
    const isCut = Array.from(page.children).some((child) => child.getBoundingClientRect().bottom > bottom + 1);
    if (isCut) changed = release(page) || changed;
  }
  for (const box of declaring(chapter.doc, TRANSPARENT)) {
    if (parseFloat(chapter.window.getComputedStyle(box).opacity) < 0.1) {
      changed = chapter.mends.set(box, { opacity: "1" }) || changed;
    }
  }
  for (const box of declaring(chapter.doc, UNMOVED)) {
    if (box !== chapter.doc.body) changed = chapter.mends.set(box, { position: "static" }) || changed;
  }
  for (const list of Array.from(chapter.doc.getElementsByTagName("ol"))) {
    changed = showNumbers(chapter, list) || changed;
  }
  for (const box of declaring(chapter.doc, WIDE_SIDES)) {
    const style = chapter.window.getComputedStyle(box);
    if (insetOf(style) > chapter.column * 0.7 || Math.abs(parseFloat(style.textIndent)) > chapter.column * 0.7) {
      changed = chapter.mends.set(box, { ...FLUSH, "text-indent": "0px" }) || changed;
    }
  }
  return changed;
}

/** Make room for the numbers of a list beside the edge of its column.
 * @param {Chapter} chapter @param {HTMLOListElement} list */
function showNumbers(chapter, list) {
  const item = list.querySelector("li");
  const rect = item?.getClientRects()[0];
  if (!item || !rect) return false;
  const style = chapter.window.getComputedStyle(item);
  if (style.listStyleType === "none" || style.listStylePosition === "inside") return false;
  const last = (list.start || 1) + list.children.length;
  const width = (String(last).length + 1.5) * 0.65 * parseFloat(style.fontSize);
  const start = chapter.across(rect) - chapter.columnOf(rect).start + chapter.bleed / 2;
  return start < width && chapter.mends.set(list, { "padding-inline-start": `${width}px` });
}

/** @param {Chapter} chapter @returns {Lines} as they are in the end */
function fitText(chapter) {
  let isLast = false;
  let lines = readLines(chapter);
  for (let round = 0; round < ROUNDS && lines.lost.length; round++) {
    const changed = mend(chapter, lines.lost, isLast);
    if (!changed && isLast) break;
    isLast = !changed;
    if (!changed) continue;
    chapter.measure();
    lines = readLines(chapter);
  }
  return lines;
}

/** @param {Chapter} chapter @param {Lost[]} lost @param {boolean} isLast
 * @returns {boolean} whether something changed */
function mend(chapter, lost, isLast) {
  /** @type {Set<Element>} */ const seen = new Set();
  let changed = false;
  for (const { node, loss } of lost) {
    for (let box = node.parentElement; box && box !== chapter.doc.body; box = box.parentElement) {
      if (seen.has(box)) break;
      seen.add(box);
      if (loss === "below" && release(box)) {
        changed = true;
        break;
      }
      if (!isMendable(box)) continue;
      const style = chapter.window.getComputedStyle(box);
      changed = (isLast ? plain(chapter.mends, box, style)
        : remedy(chapter.mends, box, style, loss, chapter.column)) || changed;
    }
  }
  return changed;
}

/** Formulas and drawings have their own layout. @param {Element} box */
function isMendable(box) {
  return !box.closest("math") && (!box.closest("svg") || box.closest("foreignObject") !== null);
}
