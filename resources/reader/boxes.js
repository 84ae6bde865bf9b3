// @ts-check
// Boxes that hide text by their style alone, wherever they stand.

import { release } from "./controls.js";
import { FLUSH, grown, insetOf } from "./remedies.js";
import { declaring } from "./suspects.js";

/** @typedef {import("./chapter.js").Chapter} Chapter */
/** @typedef {import("./mends.js").Changes} Changes */
/** @typedef {{box: Element, style: CSSStyleDeclaration}} Styled a box with its computed style */

const CLIPPING = /overflow|clip|contain|line-clamp|content-visibility/;
const TRANSPARENT = /opacity:\s*0?\.?0/;
/** Sides so large that they may leave no room for text. */
const WIDE_SIDES = /(margin|padding|indent|left|right)[^;]*?(\d{3,}(\.\d+)?(px|pt)|\d{2,}(\.\d+)?(r?em|ex|ch|cm|mm|in|pc|%)|calc|var)/;
const UNMOVED = /position:\s*(fixed|sticky)/;
const LARGE = 0.7; // of a column, which its indents leave no room in

/** Boxes that cut off their content grow; boxes fixed to the window go back into the text, for they
 * would be drawn over every page. @param {Chapter} chapter
 * @returns {boolean} whether something changed */
export function openBoxes(chapter) {
  const cutPages = Array.from(chapter.doc.getElementsByTagName("foreignObject")).filter(isCutPage);
  const [clip, faint, still, wide] = declaring(chapter.doc, [CLIPPING, TRANSPARENT, UNMOVED, WIDE_SIDES])
    .map((boxes) => styled(chapter, boxes));
  const changed = chapter.mends.apply([
    ...clipping(chapter, clip), ...transparent(faint), ...unmoved(still), ...numbered(chapter),
    ...indented(chapter, wide),
  ]);
  return cutPages.filter(release).length > 0 || changed;
}

/** @param {Chapter} chapter @param {Element[]} boxes @returns {Styled[]} without the body */
function styled(chapter, boxes) {
  return boxes.filter((box) => box !== chapter.doc.body)
    .map((box) => ({ box, style: chapter.window.getComputedStyle(box) }));
}

/** @param {Chapter} chapter @param {Styled[]} boxes @returns {Changes} */
function clipping(chapter, boxes) {
  return boxes
    .filter(({ box, style }) => !/^(inline|none)$/.test(style.display) && isCut(chapter, box, style))
    .map(({ box, style }) => [box, grown(style)]);
}

/** @param {Chapter} chapter @param {Element} box @param {CSSStyleDeclaration} style */
function isCut(chapter, box, style) {
  if (style.clip !== "auto" || style.clipPath !== "none" || style.contain !== "none" ||
    style.contentVisibility === "hidden") return true;
  if (style.overflow === "visible") return false;
  return box.scrollHeight > box.clientHeight + 1 || box.scrollWidth > box.clientWidth + 1 ||
    (!chapter.scrolled && box.getBoundingClientRect().bottom > chapter.floor + 1);
}

/** Whether a page inside a drawing is higher than the part of it that is drawn.
 * @param {Element} page */
function isCutPage(page) {
  const edges = [page, page.closest("svg")].map((one) => one?.getBoundingClientRect().bottom ?? Infinity);
  const bottom = Math.min(...edges);
  return Array.from(page.children).some((child) => child.getBoundingClientRect().bottom > bottom + 1);
}

/** @param {Styled[]} boxes @returns {Changes} */
function transparent(boxes) {
  return boxes.filter(({ style }) => parseFloat(style.opacity) < 0.1)
    .map(({ box }) => [box, { opacity: "1" }]);
}

/** @param {Styled[]} boxes @returns {Changes} */
function unmoved(boxes) {
  return boxes.map(({ box }) => [box, { position: "static" }]);
}

/** Room for the numbers of lists beside the edge of their column.
 * @param {Chapter} chapter @returns {Changes} */
function numbered(chapter) {
  /** @type {Changes} */ const changes = [];
  for (const list of Array.from(chapter.doc.getElementsByTagName("ol"))) {
    const item = list.querySelector("li");
    const rect = item?.getClientRects()[0];
    if (!item || !rect) continue;
    const style = chapter.window.getComputedStyle(item);
    if (style.listStyleType === "none" || style.listStylePosition === "inside") continue;
    const last = (list.start || 1) + list.children.length;
    const width = (String(last).length + 1.5) * 0.65 * parseFloat(style.fontSize);
    const room = chapter.across(rect) - chapter.columnOf(rect).start + chapter.bleed / 2;
    if (room < width) changes.push([list, { "padding-inline-start": `${width}px` }]);
  }
  return changes;
}

/** @param {Chapter} chapter @param {Styled[]} boxes @returns {Changes} */
function indented(chapter, boxes) {
  const most = chapter.column * LARGE;
  return boxes
    .filter(({ style }) => insetOf(style) > most || Math.abs(parseFloat(style.textIndent)) > most)
    .map(({ box }) => [box, { ...FLUSH, "text-indent": "0px" }]);
}
