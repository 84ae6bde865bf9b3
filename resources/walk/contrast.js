// @ts-check
// Whether text, drawings and pictures stand out from what is behind them.

import { pathOf } from "./boxes.js";

/** @typedef {[number, number, number, number]} Colour sRGB 0…255 and alpha 0…1 */
/** @typedef {Window & typeof globalThis} View */

// Source: WCAG 2.2, 1.4.3 and 1.4.11.
const TEXT = 4.5, DRAWN = 3;
const SAMPLES = 400; // elements of a chapter
const SHAPES = "path, rect, circle, ellipse, line, polyline, polygon, text";

/** What of a chapter has too little contrast, as it is shown now.
 * @param {View} view @param {Element[]} owners elements with text
 * @param {string} page the colour of the page
 * @returns {{elements: number, lowest: number, path: string}} of the worst */
export function lowContrast(view, owners, page) {
  const step = Math.max(1, Math.floor(owners.length / SAMPLES));
  const found = { elements: 0, lowest: 21, path: "" };
  const note = (/** @type {Element} */ element, /** @type {number | null} */ ratio, /** @type {number} */ least) => {
    if (ratio === null || ratio >= least) return;
    found.elements++;
    if (ratio < found.lowest) {
      found.lowest = Math.floor(10 * ratio) / 10;
      found.path = pathOf(element);
    }
  };
  for (let i = 0; i < owners.length; i += step) {
    if (!isDrawn(owners[i])) note(owners[i], ofText(view, owners[i], page), TEXT);
  }
  for (const drawing of owners[0]?.ownerDocument.querySelectorAll("svg") ?? []) {
    if (!drawing.parentElement?.closest("svg")) note(drawing, ofDrawing(view, drawing, page), DRAWN);
  }
  for (const picture of view.document.images) note(picture, ofPicture(view, picture, page), DRAWN);
  return found;
}

/** @param {Element} element */
const isDrawn = (element) => element.closest("svg") && !element.closest("foreignObject");

/** The least of an element's text and of what its style puts before and after it.
 * @param {View} view @param {Element} owner @param {string} page
 * @returns {number | null} null where a picture is behind it */
function ofText(view, owner, page) {
  const back = backdrop(view, owner, page);
  if (!back) return null;
  const styles = [view.getComputedStyle(owner)];
  for (const pseudo of ["::before", "::after", "::first-letter"]) {
    const style = view.getComputedStyle(owner, pseudo);
    if (pseudo === "::first-letter" || /[\p{L}\p{N}]/u.test(style.content)) styles.push(style);
  }
  return Math.min(...styles.map((style) => contrast(over(parse(style.webkitTextFillColor), back), back)));
}

/** The most of the colours that a drawing is made in.
 * @param {View} view @param {Element} drawing @param {string} page @returns {number | null} */
function ofDrawing(view, drawing, page) {
  const back = backdrop(view, drawing, page);
  const inks = Array.from(drawing.querySelectorAll(SHAPES)).slice(0, SAMPLES).flatMap((shape) => {
    const { fill, stroke } = view.getComputedStyle(shape);
    return [fill, stroke].filter((ink) => ink !== "none" && !ink.startsWith("url"));
  });
  if (!back || !inks.length) return null;
  return Math.max(...inks.map((ink) => contrast(over(parse(ink), back), back)));
}

const SIDE = 64; // px of the copy that is looked at
const CLEAR = 0.2; // of a picture, from which it is drawn on nothing

/** The most that half of what is drawn has, in a picture with clear parts.
 * @param {View} view @param {HTMLImageElement} picture @param {string} page @returns {number | null} */
function ofPicture(view, picture, page) {
  const style = view.getComputedStyle(picture);
  const back = backdrop(view, picture, page);
  if (!back || !picture.complete || !picture.naturalWidth || !style.width) return null;
  const canvas = Object.assign(document.createElement("canvas"), { width: SIDE, height: SIDE });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.drawImage(picture, 0, 0, SIDE, SIDE);
  const { data } = context.getImageData(0, 0, SIDE, SIDE);
  const turned = /invert\((1|100%)\)/.test(style.filter);
  const ratios = [];
  for (let i = 0; i < data.length; i += 4) {
    if (data[i + 3] < 25) continue;
    const [r, g, b] = turned ? data.slice(i, i + 3).map((c) => 255 - c) : data.slice(i, i + 3);
    ratios.push(contrast([r, g, b, 1], back));
  }
  if (!ratios.length || ratios.length > (1 - CLEAR) * SIDE * SIDE) return null;
  return ratios.sort((a, b) => a - b)[ratios.length >> 1];
}

/** What is behind an element. @param {View} view @param {Element} owner @param {string} page
 * @returns {Colour | null} null for a picture */
function backdrop(view, owner, page) {
  /** @type {Colour[]} */ const layers = [];
  for (let at = /** @type {Element | null} */ (owner); at; at = at.parentElement) {
    const style = view.getComputedStyle(at);
    if (style.backgroundImage !== "none") return null;
    layers.push(parse(style.backgroundColor));
    if (layers[layers.length - 1][3] === 1) break;
  }
  return layers.reverse().reduce((under, layer) => over(layer, under), parse(page));
}

const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 });
const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));
/** @type {Map<string, Colour>} */ const known = new Map();

/** @param {string} colour as computed @returns {Colour} */
function parse(colour) {
  let found = known.get(colour);
  if (!found) {
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    const [r, g, b, alpha] = context.getImageData(0, 0, 1, 1).data;
    found = [r, g, b, alpha / 255];
    known.set(colour, found);
  }
  return found;
}

/** @param {Colour} top @param {Colour} under @returns {Colour} */
function over(top, under) {
  const mix = (/** @type {0|1|2} */ i) => top[3] * top[i] + (1 - top[3]) * under[i];
  return [mix(0), mix(1), mix(2), 1];
}

/** @param {Colour} one @param {Colour} other @returns {number} 1…21 */
function contrast(one, other) {
  const [light, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
  return (light + 0.05) / (dark + 0.05);
}

/** The relative luminance. Source: WCAG 2.2, section 8. @param {Colour} colour */
function luminance([r, g, b]) {
  const linear = (/** @type {number} */ c) => {
    const s = c / 255;
    return s <= 0.04045 ? s / 12.92 : ((s + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
}
