// @ts-check
// What a colour that the book declares becomes in a page theme. Each is replaced once, when a chapter
// is loaded, by an expression over the variables of the theme; without them it is the book's own. Neutral colours become those of the theme; others keep their hue, and get a
// lightness at which they can be read.

/** @typedef {import("./styles.js").Settings["colors"]} Colors */

const NEUTRAL = 0.035; // chroma in Oklab, below which a colour is a grey
const WHITE = 0.97, LIGHT = 0.9, GREY = 0.45; // lightness in Oklab
const FAINT = 0.05; // alpha, below which nothing is seen
const KEPT = /^(inherit|currentcolor|auto|revert|revert-layer|unset)$/i;
const NO_COLOUR = /^(transparent|initial)$/i;

const TEXT = 4.5; // contrast that text needs. Source: WCAG 2.2, 1.4.3
/** What is added to the lightness that this takes for a grey: hues and tints behind them differ. */
const MARGIN = { light: 0.09, dark: 0.15 };

/** @typedef {{lightness: number, chroma: number, alpha: number}} Colour in Oklab */

/** @param {string} declared @returns {string} what text of this colour gets; "" to leave it */
export function textColour(declared) {
  if (!isReplaceable(declared)) return "";
  if (NO_COLOUR.test(declared)) return `var(--kios-text, ${declared})`; // nothing is to be hidden
  const colour = parsed(declared);
  if (!colour || colour.chroma >= NEUTRAL) return readable(declared);
  const isSoft = colour.lightness > GREY && colour.lightness < LIGHT && colour.alpha > FAINT;
  return `var(${isSoft ? "--kios-soft" : "--kios-text"}, ${declared})`;
}

/** @param {string} declared @returns {string} what a background of this colour gets; "" to leave it:
 * a tint that all text of the page can be read on */
export function backColour(declared) {
  if (!isReplaceable(declared) || NO_COLOUR.test(declared)) return "";
  const colour = parsed(declared);
  if (colour && colour.alpha < FAINT) return "";
  if (!colour || colour.chroma >= NEUTRAL) {
    return `color-mix(in srgb, ${declared} var(--kios-tint, 100%), var(--kios-paper, transparent))`;
  }
  return colour.lightness > WHITE ? `var(--kios-page, ${declared})` : `var(--kios-shade, ${declared})`;
}

/** @param {string} declared @returns {string} what a line of this colour gets; "" to leave it */
export function lineColour(declared) {
  if (!isReplaceable(declared) || NO_COLOUR.test(declared)) return "";
  const colour = parsed(declared);
  if (!colour || colour.chroma >= NEUTRAL) return readable(declared);
  return `var(${colour.lightness > GREY ? "--kios-line" : "--kios-soft"}, ${declared})`;
}

/** @param {string} declared */
function isReplaceable(declared) {
  return declared !== "" && !KEPT.test(declared) && !declared.includes("--kios-");
}

/** @param {string} declared */
function readable(declared) {
  return `oklch(from ${declared} max(var(--kios-low, 0), min(var(--kios-high, 1), l, ` +
    "var(--kios-flip, 9) - l)) min(c, var(--kios-chroma, 1)) h / 1)";
}

/** @type {Map<string, Colour | null>} */
const known = new Map();
const canvas = Object.assign(document.createElement("canvas"), { width: 1, height: 1 });
const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext("2d", { willReadFrequently: true }));

/** @param {string} declared @returns {Colour | null} null for what only the cascade can tell */
function parsed(declared) {
  if (declared.includes("var(")) return null;
  let colour = known.get(declared);
  if (colour === undefined) {
    const [red, green, blue, alpha] = rgba(declared);
    colour = { ...oklab(red, green, blue), alpha: alpha / 255 };
    known.set(declared, colour);
  }
  return colour;
}

/** @param {string} colour any that CSS knows; others are black @returns {Uint8ClampedArray} sRGB and alpha, 0…255 */
export function rgba(colour) {
  context.clearRect(0, 0, 1, 1);
  context.fillStyle = "#000"; // what stays where the next is no colour
  context.fillStyle = colour;
  context.fillRect(0, 0, 1, 1);
  return context.getImageData(0, 0, 1, 1).data;
}

/** Source: B. Ottosson, "A perceptual color space for image processing", 2020.
 * @param {number} red 0…255 @param {number} green @param {number} blue */
export function oklab(red, green, blue) {
  const [r, g, b] = [linear(red), linear(green), linear(blue)];
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  const a = 1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s;
  const y = 0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s;
  return { lightness: 0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s, chroma: Math.hypot(a, y) };
}

/** The relative luminance, 0…1. Source: WCAG 2.2. @param {ArrayLike<number>} rgb 0…255 */
export function luminance([red, green, blue]) {
  return 0.2126 * linear(red) + 0.7152 * linear(green) + 0.0722 * linear(blue);
}

/** @param {number} channel 0…255 */
function linear(channel) {
  const c = channel / 255;
  return c <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
}

/** Whether a page of this colour is dark. @param {string} background #RRGGBB @returns {boolean} */
export function isDark(background) {
  return luminance(rgba(background)) < 0.18; // from where white text has more contrast than black
}

/** What media queries and the browser's own colours are told of a page. @param {Colors} colors */
export const schemeOf = (colors) => (isDark(colors.bg) ? "dark" : "light");

/** The variables of a page theme. @param {Colors} c @returns {string} CSS */
export function variables(c) {
  const page = luminance(rgba(c.bg));
  const dark = isDark(c.bg);
  const needed = dark ? (page + 0.05) * TEXT - 0.05 : (page + 0.05) / TEXT - 0.05;
  const grey = Math.cbrt(Math.max(0, needed)); // the lightness of a grey with this luminance
  const limits = dark
    ? `--kios-low: ${Math.min(0.95, grey + MARGIN.dark)}; --kios-high: 0.95; --kios-flip: 9;
       --kios-chroma: 0.12; --kios-tint: 5%;`
    : `--kios-low: 0; --kios-high: ${Math.max(0.1, grey - MARGIN.light)}; --kios-flip: 1.14;
       --kios-chroma: 0.3; --kios-tint: 6%;`;
  return `${limits} --kios-text: ${c.text}; --kios-page: transparent; --kios-paper: ${c.bg}; --kios-no-picture: none;
    --kios-soft: color-mix(in srgb, ${c.text} 85%, ${c.bg});
    --kios-line: color-mix(in srgb, ${c.text} 35%, transparent);
    --kios-shade: color-mix(in srgb, ${c.text} ${dark ? 4 : 6}%, ${c.bg});
    ${dark ? "--kios-shadow: none; --kios-ornament: none;" : ""}`;
}
