// @ts-check
// Drawings whose text lies outside of what is drawn of them.

/** @typedef {import("./chapter.js").Chapter} Chapter */
/** @typedef {import("./mends.js").Changes} Changes */
/** @typedef {{left: number, top: number, right: number, bottom: number}} Box */

const RELATIVE = /em|ex|ch/; // a width that follows the text around the drawing
const AIR = 0.15; // of a line's height, which is empty above and below its letters

/** Let drawings show their text. @param {Chapter} chapter @returns {boolean} whether one changed */
export function showDrawnText(chapter) {
  let changed = chapter.mends.apply(inheriting(chapter));
  for (const drawing of Array.from(chapter.doc.querySelectorAll("svg"))) {
    if (drawing.parentElement?.closest("svg")) continue;
    const view = grownView(/** @type {SVGSVGElement} */ (drawing));
    if (view) changed = chapter.mends.attribute(drawing, "viewBox", view) || changed;
  }
  return changed;
}

/** Text of drawings that has no size of its own gets what it has without a reader: the drawing does not
 * grow with the text around it. @param {Chapter} chapter @returns {Changes} */
function inheriting(chapter) {
  const size = (/** @type {Element} */ element) => chapter.window.getComputedStyle(element).fontSize;
  /** @type {Changes} */ const changes = [];
  for (const drawing of Array.from(chapter.doc.querySelectorAll("svg"))) {
    const { parentElement } = drawing;
    if (!parentElement || parentElement.closest("svg") || RELATIVE.test(drawing.getAttribute("width") ?? "")) continue;
    const around = size(parentElement);
    if (size(drawing) !== around) continue;
    for (const text of Array.from(drawing.querySelectorAll("text"))) {
      if (size(text) === around) changes.push([text, { "font-size": "medium" }]);
    }
  }
  return changes;
}

/** @param {SVGSVGElement} drawing @returns {string} a viewBox with all text in it, "" if none is out */
function grownView(drawing) {
  const shown = drawing.getBoundingClientRect();
  const texts = shown.width && shown.height ? textsOf(drawing) : [];
  if (!texts.some((box) => isOut(box, shown))) return "";
  const toUser = drawing.getScreenCTM()?.inverse();
  if (!toUser) return "";
  const own = drawing.viewBox.baseVal;
  const corner = new DOMPoint(shown.right, shown.bottom).matrixTransform(toUser);
  /** @type {Box} */ const view = own && own.width > 0 && own.height > 0
    ? { left: own.x, top: own.y, right: own.x + own.width, bottom: own.y + own.height }
    : { left: 0, top: 0, right: corner.x, bottom: corner.y };
  for (const box of texts) {
    const start = new DOMPoint(box.left, box.top).matrixTransform(toUser);
    const end = new DOMPoint(box.right, box.bottom).matrixTransform(toUser);
    view.left = Math.min(view.left, start.x, end.x);
    view.right = Math.max(view.right, start.x, end.x);
    view.top = Math.min(view.top, start.y, end.y);
    view.bottom = Math.max(view.bottom, start.y, end.y);
  }
  return [view.left, view.top, view.right - view.left, view.bottom - view.top].join(" ");
}

/** Where the text of a drawing is, client px. Pages inside it are mended as other boxes are.
 * @param {SVGSVGElement} drawing @returns {Box[]} */
function textsOf(drawing) {
  return Array.from(drawing.querySelectorAll("text"))
    .filter((text) => text.textContent?.trim() && !text.closest("defs, symbol, clipPath, mask, pattern, marker"))
    .map((text) => text.getBoundingClientRect())
    .filter((box) => box.width && box.height);
}

/** @param {Box} box @param {Box} shown @returns {boolean} whether a part of its letters is not shown */
function isOut(box, shown) {
  const air = AIR * (box.bottom - box.top);
  return box.left < shown.left - air || box.right > shown.right + air ||
    box.top + air < shown.top - 1 || box.bottom - air > shown.bottom + 1;
}
