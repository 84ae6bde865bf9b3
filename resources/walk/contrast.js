// @ts-check
// Whether text stands out from what is behind it.

import { pathOf } from "./boxes.js";

/** @typedef {[number, number, number, number]} Colour sRGB 0…255 and alpha 0…1 */

const LEAST = 3; // to 1
const SAMPLES = 400; // elements of a chapter

/** The text of a chapter with too little contrast, as it is shown now.
 * @param {Window & typeof globalThis} view @param {Element[]} owners elements with text
 * @param {string} page the colour of the page
 * @returns {{elements: number, lowest: number, path: string}} of the worst */
export function lowContrast(view, owners, page) {
  const step = Math.max(1, Math.floor(owners.length / SAMPLES));
  const found = { elements: 0, lowest: 21, path: "" };
  for (let i = 0; i < owners.length; i += step) {
    const ratio = contrastOf(view, owners[i], page);
    if (ratio === null || ratio >= LEAST) continue;
    found.elements++;
    if (ratio < found.lowest) {
      found.lowest = Math.round(10 * ratio) / 10;
      found.path = pathOf(owners[i]);
    }
  }
  return found;
}

/** @param {Window & typeof globalThis} view @param {Element} owner @param {string} page
 * @returns {number | null} null where a picture is behind it */
function contrastOf(view, owner, page) {
  const isDrawing = owner.closest("svg") && !owner.closest("foreignObject");
  /** @type {Colour[]} */ const layers = [];
  for (let at = /** @type {Element | null} */ (owner); at; at = at.parentElement) {
    const style = view.getComputedStyle(at);
    if (style.backgroundImage !== "none") return null;
    layers.push(parse(style.backgroundColor));
    if (layers[layers.length - 1][3] === 1) break;
  }
  const back = layers.reverse().reduce((under, layer) => over(layer, under), parse(page));
  const style = view.getComputedStyle(owner);
  const text = over(parse(isDrawing ? style.fill : style.color), back);
  const [light, dark] = [luminance(text), luminance(back)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

/** @param {string} colour as computed, or #RRGGBB @returns {Colour} */
function parse(colour) {
  if (colour.startsWith("#")) {
    const n = parseInt(colour.slice(1), 16);
    return [n >> 16, (n >> 8) & 255, n & 255, 1];
  }
  const parts = (colour.match(/[\d.]+%?/g) || []).map((part) =>
    part.endsWith("%") ? parseFloat(part) / 100 : parseFloat(part));
  if (colour.startsWith("color(srgb")) {
    return [255 * parts[0], 255 * parts[1], 255 * parts[2], parts[3] ?? 1];
  }
  if (!colour.startsWith("rgb") || parts.length < 3) return [0, 0, 0, colour === "none" ? 0 : 1];
  return [parts[0], parts[1], parts[2], parts[3] ?? 1];
}

/** @param {Colour} top @param {Colour} under @returns {Colour} */
function over(top, under) {
  const mix = (/** @type {0|1|2} */ i) => top[3] * top[i] + (1 - top[3]) * under[i];
  return [mix(0), mix(1), mix(2), 1];
}

/** The relative luminance. Source: WCAG 2.2, section 8. @param {Colour} colour */
function luminance([r, g, b]) {
  const linear = (/** @type {number} */ c) => {
    const s = c / 255;
    return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
}
