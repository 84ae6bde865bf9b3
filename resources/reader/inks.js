// @ts-check
// Drawings in dark ink on nothing, which a dark page would swallow, and those in light ink. The first
// get a plate of light paper behind them, the others one of dark paper; where all of an inline drawing
// is in dark greys, its ink becomes that of the text instead. Photographs are none of these.

import { isDark, luminance, rgba, variables } from "./palette.js";

/** @typedef {import("./chapter.js").Chapter} Chapter */
/** @typedef {import("./styles.js").Settings["colors"]} Colors */

/** Marks pictures and drawings: "dark", "dim" (on grey pages only), "light", or "own" where the book
 * itself turns the picture in dark themes. */
const INK = "data-kios-ink";
const PAPER = { bg: "#FDFCFA", text: "#22201C" }, NIGHT = { bg: "#1A1917", text: "#D6D1C7" };

/** @param {Colors} colors @param {boolean} dark @returns {string} CSS */
export function plates(colors, dark) {
  const paper = dark ? PAPER : NIGHT;
  const swallowed = !dark ? ["light"] : threshold(luminance(rgba(colors.bg))) > DARK ? ["dark", "dim"] : ["dark"];
  return `:root { --kios-ink: ${dark ? colors.text : "initial"}; }
    ${swallowed.map((ink) => `[${INK}="${ink}"]`).join()} { background: ${paper.bg} !important; box-shadow: 0 0 0 4px ${paper.bg} !important;
      border-radius: 2px; color: ${paper.text}; ${variables({ ...colors, ...paper })} }`;
}

// The luminance under which ink has less than 3:1 on the dark page, and on the grey one.
const DARK = 0.13, DIM = 0.31;
const GREY = 16; // the most by which the channels of a grey differ, of 255
const SHAPES = "path, rect, circle, ellipse, line, polyline, polygon, text, tspan, use";
const MOST = 1500; // shapes of a drawing that are asked

/** The luminance from which ink has 3:1 on a dark page. Source: WCAG 2.2, 1.4.11.
 * @param {number} page its luminance */
const threshold = (page) => 3 * (page + 0.05) - 0.05;

/** Mark the inline drawings of a chapter. @param {Chapter} chapter before it is laid out */
export function markDrawings(chapter) {
  /** @type {(() => void)[]} */ const marks = [];
  for (const drawing of Array.from(chapter.doc.querySelectorAll("svg"))) {
    if (drawing.parentElement?.closest("svg") || hasPaper(drawing)) continue;
    const shapes = Array.from(drawing.querySelectorAll(SHAPES)).slice(0, MOST);
    const inks = shapes.map((shape) => ({ shape, ...inksOf(chapter, shape) }));
    const colours = inks.flatMap(({ fill, stroke }) => [fill, stroke]).filter((one) => one !== "");
    if (!colours.length) continue;
    marks.push(isPlain(drawing, shapes, colours) ? () => inks.forEach(follow)
      : () => drawing.setAttribute(INK, inkOfAll(colours)));
  }
  for (const mark of marks) mark(); // after all was read
}

/** Whether it brings its background along. @param {Element} drawing */
function hasPaper(drawing) {
  const view = (drawing.getAttribute("viewBox") || "").trim().split(/[\s,]+/).map(Number);
  const [width, height] = view.length === 4 ? view.slice(2)
    : ["width", "height"].map((name) => parseFloat(drawing.getAttribute(name) || "") || Infinity);
  const reaches = (/** @type {Element} */ rect, /** @type {string} */ name, /** @type {number} */ whole) => {
    const value = rect.getAttribute(name) || "";
    return value === "100%" || parseFloat(value) >= 0.9 * whole;
  };
  return Array.from(drawing.querySelectorAll("rect, image")).some((rect) => (
    reaches(rect, "width", width) && reaches(rect, "height", height) && rect.getAttribute("fill") !== "none"));
}

/** The colours that a shape is drawn in; "" for none.
 * @param {Chapter} chapter @param {Element} shape @returns {{fill: string, stroke: string}} */
function inksOf(chapter, shape) {
  const style = chapter.window.getComputedStyle(shape);
  const seen = (/** @type {string} */ ink) => (ink === "none" || rgba(ink)[3] < 25 ? "" : ink);
  return { fill: shape.localName === "line" ? "" : seen(style.fill), stroke: seen(style.stroke) };
}

/** Whether a drawing has nothing but dark greys.
 * @param {Element} drawing @param {Element[]} shapes @param {string[]} colours */
function isPlain(drawing, shapes, colours) {
  if (shapes.length === MOST || drawing.querySelector("image, foreignObject")) return false;
  return colours.every((colour) => {
    const [red, green, blue] = rgba(colour);
    const isGrey = Math.max(red, green, blue) - Math.min(red, green, blue) <= GREY;
    return isGrey && !colour.startsWith("url") && !isLight(colour);
  });
}

/** @param {string} colour */
const isLight = (colour) => luminance(rgba(colour)) >= DIM;

/** @param {string[]} colours of a drawing */
function inkOfAll(colours) {
  if (colours.every(isLight)) return "light";
  return colours.some((colour) => luminance(rgba(colour)) < DARK) ? "dark" : "dim";
}

/** Draw a shape in the ink of the page. @param {{shape: Element, fill: string, stroke: string}} inks */
function follow({ shape, fill, stroke }) {
  const { style } = /** @type {SVGElement} */ (shape);
  if (fill) style.setProperty("fill", `var(--kios-ink, ${fill})`, style.getPropertyPriority("fill"));
  if (stroke) style.setProperty("stroke", `var(--kios-ink, ${stroke})`, style.getPropertyPriority("stroke"));
}

const SIDE = 96; // px of the copy of a picture that is looked at
const CLEAR = 25; // alpha, under which nothing is seen
/** The parts of a drawing on nothing that are clear, and of its ink that is dark, at the least: thick
 * signs are almost all ink, drawings in colours almost all air. */
const DRAWN = [{ clear: 0.1, dark: 0.6 }, { clear: 0.25, dark: 0.1 }];
/** @type {WeakSet<HTMLImageElement>} */ const examined = new WeakSet();

/** Mark the pictures of a chapter that are drawings on nothing.
 * @param {Chapter} chapter @returns {Promise<void>} */
export async function markPictures(chapter) {
  for (const picture of Array.from(chapter.doc.images)) {
    if (examined.has(picture) || !picture.complete || !picture.naturalWidth) continue;
    examined.add(picture);
    if (/\.jpe?g$/i.test(new URL(picture.currentSrc || picture.src, chapter.url).pathname)) continue;
    const ink = await inkOf(picture).catch(() => null); // the pixels of some may not be read
    if (!ink || chapter.state === "gone") continue;
    const isOwn = /invert/.test(chapter.window.getComputedStyle(picture).filter);
    picture.setAttribute(INK, isOwn ? "own" : ink);
  }
}

/** @param {HTMLImageElement} picture @returns {Promise<string | null>} */
async function inkOf(picture) {
  const size = /** @type {ImageBitmapOptions} */ ({ resizeWidth: SIDE, resizeHeight: SIDE });
  const bitmap = await createImageBitmap(picture, size);
  const canvas = Object.assign(document.createElement("canvas"), { width: SIDE, height: SIDE });
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d"));
  context.drawImage(bitmap, 0, 0);
  bitmap.close();
  return inkIn(context.getImageData(0, 0, SIDE, SIDE).data);
}

/** @param {Uint8ClampedArray} pixels @returns {"dark" | "dim" | "light" | null} */
function inkIn(pixels) {
  let clear = 0, dark = 0, dim = 0, light = 0;
  for (let i = 0; i < pixels.length; i += 4) {
    const shade = luminance(pixels.subarray(i, i + 3));
    if (pixels[i + 3] < CLEAR) clear++;
    else if (shade < DARK) dark++;
    else if (shade < DIM) dim++;
    else light++;
  }
  const inked = dark + dim + light, whole = clear + inked;
  const isIn = (/** @type {number} */ shaded) => DRAWN.some((least) => (
    clear > least.clear * whole && shaded > least.dark * inked));
  if (isIn(dark)) return "dark";
  if (isIn(dark + dim)) return "dim";
  return light === inked && light && clear > DRAWN[1].clear * whole ? "light" : null;
}
