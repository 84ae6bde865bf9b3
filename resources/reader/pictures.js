// @ts-check
// Pictures that would be cut at the edge of their column, or pushed off their page by what belongs
// to them.

/** @typedef {import("./chapter.js").Chapter} Chapter */

export const PICTURES = "img, svg, object, video, canvas";
const LEAST = 0.4; // of the page's height, which a picture keeps beside a long caption

/** @param {Chapter} chapter @returns {boolean} whether something changed */
export function fitPictures(chapter) {
  let changed = false;
  for (const picture of Array.from(chapter.doc.querySelectorAll(PICTURES))) {
    if (picture.parentElement?.closest("svg, object")) continue;
    const rect = picture.getBoundingClientRect();
    if (!rect.width || !rect.height) continue;
    changed = fitWidth(chapter, picture, rect) || changed;
    if (!chapter.scrolled) changed = fitHeight(chapter, picture, rect) || changed;
  }
  return changed;
}

/** The only content of a chapter, if that is one picture. @param {Chapter} chapter
 * @returns {Element | null} */
export function onlyPicture(chapter) {
  if (chapter.total || !chapter.doc.body) return null;
  const pictures = Array.from(chapter.doc.querySelectorAll(PICTURES))
    .filter((one) => !one.parentElement?.closest(PICTURES));
  return pictures.length === 1 ? pictures[0] : null;
}

/** @param {Chapter} chapter @param {Element} picture @param {DOMRect} rect */
function fitWidth(chapter, picture, rect) {
  const start = chapter.across(rect);
  const column = chapter.columnOf(rect);
  if (start >= column.start - 1 && start + rect.width <= column.end + 1) return false;
  return chapter.mends.set(picture, {
    "max-width": "100%", "box-sizing": "border-box", "margin-left": "auto", "margin-right": "auto",
    "min-width": "0px",
  });
}

/** @param {Chapter} chapter @param {Element} picture @param {DOMRect} rect */
function fitHeight(chapter, picture, rect) {
  const { height } = /** @type {any} */ (chapter.geometry);
  if (rect.height < height * LEAST) return false;
  const rest = restOf(chapter, picture);
  if (rect.height + rest <= height + 0.5 && rect.bottom <= chapter.floor + 0.5) return false;
  const most = Math.max(height * LEAST, Math.floor(height - rest));
  return chapter.mends.set(picture, {
    "max-height": `${most}px`, "box-sizing": "border-box", "vertical-align": "bottom",
  });
}

/** The height of what has to stand on the page of a picture: its margins, and its caption.
 * @param {Chapter} chapter @param {Element} picture @returns {number} px */
function restOf(chapter, picture) {
  const figure = picture.closest("figure");
  let rest = 0;
  /** @type {Element} */ let child = picture;
  for (let box = picture; box !== chapter.doc.body; box = /** @type {Element} */ (box.parentElement)) {
    const style = chapter.window.getComputedStyle(box);
    if (style.display !== "inline" || box === picture) rest += around(style);
    if (box !== picture && figure?.contains(box)) rest += others(box, child);
    else if (box !== picture && box.textContent?.trim()) return rest - around(style);
    child = box;
  }
  return rest;
}

/** @param {CSSStyleDeclaration} style */
function around(style) {
  const sides = ["margin-top", "margin-bottom", "padding-top", "padding-bottom",
    "border-top-width", "border-bottom-width"];
  return sides.reduce((sum, side) => sum + (parseFloat(style.getPropertyValue(side)) || 0), 0);
}

/** The heights of the other children. @param {Element} box @param {Element} child */
function others(box, child) {
  let sum = 0;
  for (const other of Array.from(box.children)) {
    if (other === child) continue;
    for (const rect of Array.from(other.getClientRects())) sum += rect.height;
  }
  return sum;
}
