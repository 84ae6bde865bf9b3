// @ts-check
// Pictures that would be cut at the edge of their column, or pushed off their page by what belongs
// to them.

/** @typedef {import("./chapter.js").Chapter} Chapter */
/** @typedef {import("./mends.js").Changes} Changes */

export const PICTURES = "img, svg, object, video, canvas";
const FEW = 20; // parts of a figure; of more, no caption belongs to one picture alone
const LEAST = 0.4; // of the page's height, which a picture keeps beside a long caption

/** @param {Chapter} chapter @returns {boolean} whether something changed */
export function fitPictures(chapter) {
  /** @type {Changes} */ const changes = [];
  for (const picture of Array.from(chapter.doc.querySelectorAll(PICTURES))) {
    if (picture.parentElement?.closest("svg, object")) continue;
    const rect = picture.getBoundingClientRect();
    if (!rect.width || !rect.height) continue;
    changes.push([picture, { ...width(chapter, rect), ...height(chapter, picture, rect) }]);
  }
  return chapter.mends.apply(changes);
}

/** The height of what is whole on the screen: a picture cut at its edge belongs to the next one.
 * @param {Chapter} chapter @param {1 | -1} direction @returns {number} px */
export function screenful(chapter, direction) {
  const { innerHeight } = chapter.window;
  let whole = innerHeight;
  for (const picture of Array.from(chapter.doc.querySelectorAll(PICTURES))) {
    const { top, bottom, height } = picture.getBoundingClientRect();
    if (!height || height > innerHeight) continue;
    const isCut = direction > 0 ? top > 0 && top < innerHeight && bottom > innerHeight
      : top < 0 && bottom > 0 && bottom < innerHeight;
    if (isCut) whole = Math.min(whole, direction > 0 ? top : innerHeight - bottom);
  }
  return whole;
}

/** Where the last picture is. @param {Chapter} chapter @returns {DOMRect | null} */
export function lastPicture(chapter) {
  const pictures = chapter.doc.querySelectorAll(PICTURES);
  for (let i = pictures.length - 1; i >= 0; i--) {
    const rect = pictures[i].getBoundingClientRect();
    if (rect.width && rect.height) return rect;
  }
  return null;
}

/** The pictures that have to be decoded, by their pages. @param {Chapter} chapter
 * @returns {Map<number, HTMLImageElement[]>} */
export function picturesByPage(chapter) {
  /** @type {Map<number, HTMLImageElement[]>} */ const found = new Map();
  for (const picture of Array.from(chapter.doc.images)) {
    const [rect] = picture.getClientRects();
    if (!rect || !rect.width) continue;
    const page = chapter.pageOf(rect), known = found.get(page);
    if (known) known.push(picture); else found.set(page, [picture]);
  }
  return found;
}

/** The first picture on a page. @param {Chapter} chapter @param {number} page
 * @returns {Element | null} */
export function pictureOn(chapter, page) {
  return Array.from(chapter.doc.querySelectorAll(PICTURES)).find((picture) => {
    const [rect] = picture.getClientRects();
    return rect && rect.width && chapter.pageOf(rect) === page;
  }) ?? null;
}

/** The only content of a chapter, if that is one picture. @param {Chapter} chapter
 * @returns {Element | null} */
export function onlyPicture(chapter) {
  if (chapter.total || !chapter.doc.body) return null;
  const pictures = Array.from(chapter.doc.querySelectorAll(PICTURES))
    .filter((one) => !one.parentElement?.closest(PICTURES));
  return pictures.length === 1 ? pictures[0] : null;
}

/** @param {Chapter} chapter @param {DOMRect} rect @returns {Record<string, string>} */
function width(chapter, rect) {
  const start = chapter.across(rect);
  const column = chapter.columnOf(rect);
  const air = rect.width < chapter.column && !chapter.scrolled ? chapter.bleed : 0; // seen there too
  if (start >= column.start - air - 1 && start + rect.width <= column.end + air + 1) return {};
  return {
    "max-width": "100%", "box-sizing": "border-box", "margin-left": "auto", "margin-right": "auto",
    "min-width": "0px",
  };
}

/** @param {Chapter} chapter @param {Element} picture @param {DOMRect} rect
 * @returns {Record<string, string>} */
function height(chapter, picture, rect) {
  const page = /** @type {any} */ (chapter.geometry).height;
  if (chapter.scrolled || rect.height < page * LEAST) return {};
  if (!picture.closest("figure") && rect.bottom <= chapter.floor && rect.height < page / 2) return {};
  const rest = restOf(chapter, picture);
  if (rect.height + rest <= page + 0.5 && rect.bottom <= chapter.floor + 0.5) return {};
  const most = Math.max(page * LEAST, Math.floor(page - rest));
  return { "max-height": `${most}px`, "box-sizing": "border-box", "vertical-align": "bottom" };
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
    if (box !== picture && figure?.contains(box) && box.children.length <= FEW) rest += others(box, child);
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
