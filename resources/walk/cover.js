// @ts-check
// Whether something lies over a point of the page.

import { pathOf } from "./boxes.js";

/** @typedef {(element: Element) => CSSStyleDeclaration} StyleOf */

const OPAQUE = 0.5; // what covers less lets read what is under it
const REPLACED = "img, video, canvas, object, embed, iframe, input, textarea, select, button, meter, progress";
const SHAPES = "rect, circle, ellipse, path, polygon, image, use";

/** What hides the text of `owner` at a point; "" where nothing does.
 * @param {Document} doc @param {Element} owner @param {number} x @param {number} y
 * @param {StyleOf} style @returns {string} */
export function coverAt(doc, owner, x, y, style) {
  if (doc.elementFromPoint(x, y) === owner) return ""; // nearly always, and quicker than the stack
  const stack = doc.elementsFromPoint(x, y);
  if (!stack.length || owner.closest("[inert]")) return "";
  const own = boxed(owner, style);
  for (const element of stack) {
    if (element === owner || element === own) return "";
    if (covers(element, owner, style)) return `covered by ${pathOf(element)}`;
  }
  // No hit: it is cut off by a shape, or runs on from another column, where Chromium does not look.
  const cut = cutting(owner, style);
  if (cut) return `clipped by ${cut.why} of ${pathOf(cut.element)}`;
  const over = stack.find((element) => !element.contains(owner) && covers(element, owner, style));
  return over ? `covered by ${pathOf(over)}` : "";
}

/** The ancestor that shows only a shape of itself. @param {Element} owner @param {StyleOf} style */
function cutting(owner, style) {
  for (let at = /** @type {Element | null} */ (owner); at; at = at.parentElement) {
    const { clipPath, clip, position } = style(at);
    if (clipPath !== "none") return { element: at, why: "clip-path" };
    if (clip !== "auto" && /absolute|fixed/.test(position)) return { element: at, why: "clip" };
  }
  return null;
}

/** The element that a hit on the text is a hit on. @param {Element} owner @param {StyleOf} style */
function boxed(owner, style) {
  let at = /** @type {Element | null} */ (owner);
  while (at && style(at).display === "contents") at = at.parentElement;
  return at;
}

/** @param {Element} element @param {Element} owner @param {StyleOf} style */
function covers(element, owner, style) {
  if (element === element.ownerDocument.documentElement) return false;
  const own = style(element);
  if (own.mixBlendMode !== "normal" || opacityOf(element, style) < OPAQUE) return false;
  if (element.matches(REPLACED) && !element.contains(owner)) return true;
  if (element.matches(`:is(${SHAPES})`) && element.namespaceURI?.endsWith("svg")) return paints(element, own);
  const view = /** @type {Window} */ (element.ownerDocument.defaultView);
  return isOpaque(own) ||
    ["::before", "::after"].some((name) => {
      const pseudo = view.getComputedStyle(element, name);
      return pseudo.content !== "none" && /absolute|fixed/.test(pseudo.position) && isOpaque(pseudo);
    });
}

/** @param {Element} shape @param {CSSStyleDeclaration} style */
function paints(shape, style) {
  if (/^(image|use)$/.test(shape.localName)) return true;
  return style.fill !== "none" && alphaOf(style.fill) * Number(style.fillOpacity) >= OPAQUE;
}

/** @param {CSSStyleDeclaration} style */
function isOpaque(style) {
  return alphaOf(style.backgroundColor) >= OPAQUE || style.backgroundImage !== "none";
}

/** The product of the opacities of an element and its ancestors.
 * @param {Element} element @param {StyleOf} style */
export function opacityOf(element, style) {
  let product = 1;
  for (let at = /** @type {Element | null} */ (element); at; at = at.parentElement) {
    product *= Number(style(at).opacity);
  }
  return product;
}

/** @param {string} colour as computed @returns {number} 0…1 */
export function alphaOf(colour) {
  if (colour === "transparent") return 0;
  const found = /(?:,|\/)\s*([\d.]+%?)\s*\)$/.exec(colour);
  if (!found || (colour.startsWith("rgb(") && !colour.includes("/"))) return 1;
  return found[1].endsWith("%") ? parseFloat(found[1]) / 100 : parseFloat(found[1]);
}
