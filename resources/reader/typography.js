// @ts-check
// How text is set: face, lines, alignment, paragraphs. Settings that the user changed override the
// book; defaults yield to it.

import { MATH_FACES } from "./math_font.js";
import { PLAIN } from "./plain.js";

/** @typedef {import("./styles.js").Settings} Settings */

const RUNNING_TEXT = "body, p, li, dd, dt, blockquote, div, section, article, td, th, figcaption";
const FACES = `${RUNNING_TEXT}, span, a, em, i, b, strong, small, cite, q, h1, h2, h3, h4, h5, h6`;
/** Characters of a chapter above which lines are broken one by one, which is quicker. */
const LONG = 400_000;
/** Above these letters are not kerned either: it takes a quarter of the time that the layout takes. */
const VERY_LONG = 1_000_000;

/** @param {Settings} s @param {number} [total] characters of the chapter @returns {string} CSS */
export function typography(s, total = 0) {
  return [
    faces(s, total),
    lines(s, total),
    s.publisherStyles ? "" : PLAIN,
    alignment(s),
    paragraphs(s),
  ].join("\n");
}

/** Whether the settings concern running paragraphs only, which have to be found first.
 * @param {Settings} s */
export const needsParagraphs = (s) => s.justify === "on" || s.spacing >= 0 || s.indent >= 0;

/** @param {Settings} s @param {number} total */
function faces(s, total) {
  const shaping = total > VERY_LONG ? "font-kerning: none" : "text-rendering: optimizeLegibility";
  return `:root { font-family: ${s.font}; -webkit-text-size-adjust: none; ${shaping}; }
    math { font-family: ${MATH_FACES}; }
    ${s.weight ? `:root { --kios-weight: ${s.weight}; font-weight: ${s.weight}; }` : ""}
    ${s.forced.includes("font") ? `${FACES} { font-family: ${s.font} !important; }` : ""}`;
}

/** Numbers of notes take no room above their line, whatever they are written in. Justified lines are
 * not made shorter for the sake of the last one: their spaces would grow.
 * @param {Settings} s @param {number} total */
function lines(s, total) {
  const forced = s.forced.includes("lineHeight");
  return `:root { line-height: ${s.lineHeight}; overflow-wrap: break-word; widows: 2; orphans: 2; }
    body { line-height: ${s.lineHeight}${forced ? " !important" : ""}; }
    ${forced ? `${RUNNING_TEXT} { line-height: ${s.lineHeight} !important; }` : ""}
    p, li, dd, dt, blockquote, div { widows: 2 !important; orphans: 2 !important; }
    sup, sub, sup *, sub * { line-height: 0 !important; }
    ${total > LONG || s.justify === "on" ? "" : "p, li, dd, blockquote { text-wrap: pretty; }"}
    h1, h2, h3, h4, h5, h6 { break-after: avoid; hyphens: manual; text-wrap: balance; }`;
}

/** setting.js lets justified text of the book follow `--kios-justified`.
 * @param {Settings} s */
function alignment(s) {
  if (s.justify === "on") return "[data-kios-running] { text-align: justify !important; }";
  if (s.justify === "publisher") return "";
  return `:root { --kios-justified: start; } :where([align="justify" i]) { text-align: start; }`;
}

/** @param {Settings} s */
function paragraphs(s) {
  const rules = [];
  if (s.spacing >= 0) {
    rules.push(`p[data-kios-running] { margin-bottom: ${s.spacing}em !important; }
      p[data-kios-running="next"] { margin-top: 0 !important; }`);
  }
  if (s.indent >= 0) {
    rules.push(`p[data-kios-running] { text-indent: 0 !important; }
      p[data-kios-running="next"] { text-indent: ${s.indent}em !important; }`);
  }
  return rules.join("\n");
}
