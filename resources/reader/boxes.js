// @ts-check
// Boxes that hide text by their style alone, wherever they stand.

import { release } from "./controls.js";
import { EMPTY } from "./lines.js";
import { isDrawing } from "./overprints.js";
import { FLUSH, STILL, grown, insetOf } from "./remedies.js";
import { declaring } from "./suspects.js";

/** @typedef {import("./chapter.js").Chapter} Chapter */
/** @typedef {import("./mends.js").Change} Change */
/** @typedef {import("./mends.js").Changes} Changes */
/** @typedef {{box: Element, style: CSSStyleDeclaration}} Styled a box with its computed style */

const CLIPPING = /overflow|clip|contain|line-clamp|content-visibility/;
/** What may leave letters without ink. */
const INKLESS = /opacity:\s*0?\.?0|mask|filter|backface|(fill-)?color:\s*(transparent|rgba\(|hsla\()|font(-size)?:[^;]*\b0(px|pt|r?em|%)?\b/;
const NO_INK = /^transparent$|^rgba\(.*, 0(\.0\d*)?\)$|\/ 0(\.0\d*)?\)$/;
/** Sides so large that they may leave no room for text. */
const WIDE_SIDES = /(margin|padding|indent|left|right)[^;]*?(\d{3,}(\.\d+)?(px|pt)|\d{2,}(\.\d+)?(r?em|ex|ch|cm|mm|in|pc|%)|calc|var)/;
const UNMOVED = /position:\s*(fixed|sticky)/;
const LARGE = 0.7; // of a column, which its indents leave no room in
const LEAST = 4; // em, narrower than which a box has no room for text

/** Boxes that cut off their content grow; boxes fixed to the window go back into the text, for they
 * would be drawn over every page. @param {Chapter} chapter
 * @returns {boolean} whether something changed */
export function openBoxes(chapter) {
  const pages = Array.from(chapter.doc.getElementsByTagName("foreignObject"));
  const cutByDrawing = pages.filter((page) => passes(page, bottomOf(chapter, page)));
  const cut = pages.filter((page) => passesAny(page, page.getBoundingClientRect()));
  const [clip, faint, still, wide] = declaring(chapter.doc, [CLIPPING, INKLESS, UNMOVED, WIDE_SIDES])
    .map((boxes) => styled(chapter, boxes));
  const changed = chapter.mends.apply([
    ...clipping(chapter, clip), ...inkless(faint), ...unmoved(still), ...numbered(chapter),
    ...indented(chapter, wide),
    ...cut.map((page) => /** @type {Change} */ ([page, { overflow: "visible" }])),
  ]);
  return cutByDrawing.filter(release).length > 0 || changed;
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
    .map(({ box, style }) => [box, grown(box, style)]);
}

/** Whether text in the box is cut off. @param {Chapter} chapter @param {Element} box
 * @param {CSSStyleDeclaration} style */
function isCut(chapter, box, style) {
  if (!box.textContent?.trim()) return false; // a picture's frame, which its maker has chosen
  if (style.clip !== "auto" || style.clipPath !== "none" ||
    /size|paint|strict|content/.test(style.contain) || style.contentVisibility === "hidden") return true;
  if (style.overflow === "visible") return false;
  const rect = box.getBoundingClientRect();
  if (!chapter.scrolled && rect.bottom > chapter.floor + 1) return true;
  return (box.scrollHeight > box.clientHeight + 1 || box.scrollWidth > box.clientWidth + 1) &&
    passesAny(box, rect);
}

/** The lowest that a page inside a drawing is drawn to: the end of the drawing, or of the page.
 * @param {Chapter} chapter @param {Element} page @returns {number} client px */
function bottomOf(chapter, page) {
  const drawing = page.closest("svg")?.getBoundingClientRect().bottom ?? Infinity;
  return chapter.scrolled ? drawing : Math.min(drawing, chapter.window.innerHeight);
}

/** Whether text in a box is below an edge. @param {Element} box @param {number} bottom client px */
function passes(box, bottom) {
  return passesAny(box, { left: -Infinity, right: Infinity, top: -Infinity, bottom });
}

/** Whether text in a box is past one of its edges. What only generated content or a picture reaches
 * is the book's own design.
 * @param {Element} box @param {{left: number, right: number, top: number, bottom: number}} edges */
function passesAny(box, { left, right, top, bottom }) {
  const doc = box.ownerDocument;
  const range = doc.createRange();
  const texts = doc.createTreeWalker(box, NodeFilter.SHOW_TEXT);
  for (let node = texts.nextNode(); node; node = texts.nextNode()) {
    if (!/** @type {Text} */ (node).data.trim()) continue;
    range.selectNodeContents(node);
    for (const rect of Array.from(range.getClientRects())) {
      const air = rect.height * EMPTY;
      if (rect.width && (rect.left < left - 1 || rect.right > right + 1 || rect.top + air < top ||
        rect.bottom - air > bottom)) return true;
    }
  }
  return false;
}

/** Text that is laid out, and not drawn. @param {Styled[]} boxes @returns {Changes} */
function inkless(boxes) {
  return boxes.filter(({ box }) => box.textContent?.trim() && !isDrawing(box))
    .map(({ box, style }) => [box, inked(box, style)]);
}

/** @param {Element} box @param {CSSStyleDeclaration} style @returns {Record<string, string>} */
function inked(box, style) {
  /** @type {Record<string, string>} */ const set = {};
  if (parseFloat(style.opacity) < 0.1) set.opacity = "1";
  if (style.maskImage !== "none") set["mask-image"] = "none";
  if (/opacity\(0/.test(style.filter)) set.filter = "none";
  if (style.backfaceVisibility === "hidden" && style.transform !== "none") {
    Object.assign(set, STILL, { "backface-visibility": "visible" }); // the back of a card
  }
  if (NO_INK.test(style.getPropertyValue("-webkit-text-fill-color"))) set["-webkit-text-fill-color"] = "currentcolor";
  if (NO_INK.test(style.color)) set.color = "inherit";
  if (parseFloat(style.fontSize) < 1 && hasText(box)) set["font-size"] = "1rem";
  return set;
}

/** @param {Element} box @returns {boolean} whether there is text in it that is in no inner box */
function hasText(box) {
  return Array.from(box.childNodes).some((node) => node.nodeType === Node.TEXT_NODE && node.nodeValue?.trim());
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
    if (style.display !== "list-item" || style.listStyleType === "none" || style.listStylePosition === "inside") continue;
    const last = (list.start || 1) + list.children.length;
    const width = (String(last).length + 1.5) * 0.65 * parseFloat(style.fontSize);
    const room = chapter.across(rect) - chapter.columnOf(rect).start + chapter.bleed / 2;
    if (room < width) changes.push([list, { "padding-inline-start": `${width}px` }]);
  }
  return changes;
}

/** Boxes with text whose sides leave no room for it. @param {Chapter} chapter
 * @param {Styled[]} boxes @returns {Changes} */
function indented(chapter, boxes) {
  const most = chapter.column * LARGE;
  return boxes
    .filter(({ box, style }) => insetOf(style) > most && box.textContent?.trim() &&
      roomIn(box, style) < LEAST * parseFloat(style.fontSize))
    .map(({ box }) => [box, FLUSH]);
}

/** The width that a box has for its text, px. @param {Element} box
 * @param {CSSStyleDeclaration} style */
function roomIn(box, style) {
  return box.clientWidth - parseFloat(style.paddingLeft) - parseFloat(style.paddingRight);
}
