// @ts-check
// How text is set: face, lines, alignment, paragraphs. Settings that the user changed override the
// book; defaults yield to it.

import { MATH_FACES } from "./math_font.js";

/** @typedef {import("./styles.js").Settings} Settings */

const RUNNING_TEXT = "body, p, li, dd, dt, blockquote, div, section, article, td, th, figcaption";
const FACES = `${RUNNING_TEXT}, span, a, em, i, b, strong, small, cite, q, h1, h2, h3, h4, h5, h6`;

/** @param {Settings} s @returns {string} CSS */
export function typography(s) {
  const forced = new Set(s.forced);
  const strong = (/** @type {string} */ name) => (forced.has(name) ? " !important" : "");
  const rules = [
    `:root { font-family: ${s.font}; line-height: ${s.lineHeight};
      -webkit-text-size-adjust: none; overflow-wrap: break-word;
      text-rendering: optimizeLegibility; widows: 2; orphans: 2; }`,
    `body { line-height: ${s.lineHeight}${strong("lineHeight")}; }`,
    "h1, h2, h3, h4, h5, h6 { break-after: avoid; hyphens: manual; }",
    `math { font-family: ${MATH_FACES}; }`,
  ];
  if (forced.has("font")) rules.push(`${FACES} { font-family: ${s.font} !important; }`);
  if (forced.has("lineHeight")) {
    rules.push(`${RUNNING_TEXT} { line-height: ${s.lineHeight} !important; }`);
  }
  if (s.justify === "on") rules.push("p, li, dd, blockquote { text-align: justify !important; }");
  else if (s.justify === "off") rules.push("p, li, dd, blockquote { text-align: start !important; }");
  if (!s.publisherStyles) {
    rules.push(`p { margin: 0; text-indent: 1.4em; }
      h1 + p, h2 + p, h3 + p, h4 + p, hr + p, :is(section, body, div) > p:first-child { text-indent: 0; }
      h1, h2, h3 { font-weight: 600; line-height: 1.25; margin: 1.4em 0 0.8em; text-align: center; }
      blockquote { margin: 1em 2em; } a { text-decoration: none; }`);
  }
  return rules.join("\n");
}
