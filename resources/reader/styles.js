// @ts-check
// The style sheet that Kios adds to a chapter. Settings that the user changed override the book;
// defaults yield to it. Nothing here adds text.

import { MATH_FACES } from "./math_font.js";

/**
 * @typedef {object} Settings the settings in force, from ui/reader/page_style.py
 * @property {string} font CSS font-family list of the reading face
 * @property {number} size px
 * @property {number} lineHeight
 * @property {number} measure characters
 * @property {number} margin px
 * @property {"pages"|"scroll"} layout
 * @property {"auto"|"1"|"2"} columns
 * @property {boolean} justify
 * @property {boolean} publisherStyles
 * @property {string[]} forced names of settings that differ from the defaults
 * @property {{bg: string, text: string, muted: string, link: string, selection: string}} colors
 * @property {boolean} ownColors the page theme is paper, which keeps the book's colours
 * @property {boolean} dimPictures
 */

/**
 * @typedef {object} Geometry the page box, all px
 * @property {number} left @property {number} top @property {number} width @property {number} height
 * @property {number} gap between columns and between pages
 * @property {number} columns
 * @property {"pages"|"scroll"} layout
 */

/** The room above and below a page in which letters taller than their line are still seen, px. */
export const RISE = 8;

const RUNNING_TEXT = "body, p, li, dd, dt, blockquote, div, section, article, td, th, figcaption";
const FACES = `${RUNNING_TEXT}, span, a, em, i, b, strong, small, cite, q, h1, h2, h3, h4, h5, h6`;

/** @param {Settings} s @param {Geometry} g @returns {string} */
export function chapterStyle(s, g) {
  return [box(g), text(s), colours(s), media(s, g)].join("\n");
}

/** @param {Geometry} g @returns {number} the width of a column, px */
export function columnWidth(g) {
  return (g.width - (g.columns - 1) * g.gap) / g.columns;
}

/** @param {Geometry} g */
function box(g) {
  const column = columnWidth(g);
  // epub/styles.py turns viewport units into these variables: a page is one column.
  const page = `:root { --page-width: ${column}px; --page-height: ${g.height}px; }`;
  if (g.layout === "scroll") {
    return `${page} html { margin: 0 !important; padding: 0 !important; width: auto !important;
      height: auto !important; overflow-x: hidden !important; overflow-y: auto !important;
      scrollbar-width: thin; }
    body { margin: 0 auto !important; padding: 0 0 40vh !important; max-width: none !important;
      width: ${g.width}px !important; height: auto !important; }`;
  }
  return `${page}
  html { margin: 0 !important; padding: ${RISE}px ${g.gap / 2}px !important; border: 0 !important;
    box-sizing: border-box !important; width: ${g.width + g.gap}px !important;
    height: ${g.height + 2 * RISE}px !important;
    min-height: 0 !important; max-width: none !important; max-height: none !important;
    overflow: hidden !important; columns: ${column}px ${g.columns} !important;
    column-gap: ${g.gap}px !important; column-fill: auto !important; position: static !important; }
  body { margin: 0 !important; padding: 0 !important; border: 0 !important; width: auto !important;
    max-width: none !important; height: auto !important; min-height: 0 !important;
    max-height: none !important; position: static !important; float: none !important;
    columns: auto !important; overflow: visible !important; }`;
}

/** @param {Settings} s */
function text(s) {
  const forced = new Set(s.forced);
  const strong = (/** @type {string} */ name) => (forced.has(name) ? " !important" : "");
  const rules = [
    `:root { --kios-scale: ${s.size / 16}; font-size: ${s.size}px !important;
      font-family: ${s.font}; line-height: ${s.lineHeight};
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
  if (s.justify) rules.push("p, li, dd, blockquote { text-align: justify !important; }");
  else if (forced.has("justify")) rules.push("p, li, dd, blockquote { text-align: start !important; }");
  if (!s.publisherStyles) {
    rules.push(`p { margin: 0; text-indent: 1.4em; }
      h1 + p, h2 + p, h3 + p, h4 + p, hr + p, :is(section, body, div) > p:first-child { text-indent: 0; }
      h1, h2, h3 { font-weight: 600; line-height: 1.25; margin: 1.4em 0 0.8em; text-align: center; }
      blockquote { margin: 1em 2em; } a { text-decoration: none; }`);
  }
  return rules.join("\n");
}

/** @param {Settings} s */
function colours(s) {
  const c = s.colors;
  const common = `:root { background: transparent !important;
      scrollbar-color: ${c.muted} transparent; }
    ::selection { background: ${c.selection}; color: ${c.text}; }
    :focus-visible { outline: 2px solid ${c.link}; outline-offset: 2px; }`;
  if (s.ownColors) {
    return `${common} :root { color: ${c.text}; } body { background-color: transparent !important; }
      a:link { color: ${c.link}; }`;
  }
  return `${common} :root, body { color: ${c.text} !important; }
    body, body *:not(img, svg, svg *, video, math, math *) { color: inherit !important;
      background-color: transparent !important; border-color: currentColor !important;
      text-shadow: none !important; }
    body { background-image: none !important; }
    body a:link, body a:link * { color: ${c.link} !important; }
    svg text, svg tspan { fill: currentColor; }`;
}

/** @param {Settings} s @param {Geometry} g */
function media(s, g) {
  const column = Math.floor(columnWidth(g));
  const dim = s.dimPictures ? "img, svg image, video { filter: brightness(0.85); }" : "";
  const height = `max-height: ${g.height - (g.layout === "scroll" ? 40 : 0)}px !important;`;
  return `img, video, object, canvas, body > svg, p > svg, div > svg, section > svg, figure > svg {
      max-width: ${column}px !important; ${height} object-fit: contain; break-inside: avoid; }
    figure { break-inside: avoid; margin-inline: 0; max-width: 100%; }
    pre { white-space: pre-wrap !important; overflow-wrap: anywhere !important; }
    h1, h2, h3, h4, h5, h6 { break-inside: avoid; }
    mi, mn, mo, ms, mtext { white-space: nowrap; }
    iframe, embed { max-width: 100%; }
    :where(button, input, select, textarea) { font: inherit; }
    ${dim}`;
}

/** Make absolute font sizes of the book follow the reader's text size, but for those of drawings:
 * their text has its room in them.
 * @param {Document} doc */
export function scaleAbsoluteSizes(doc) {
  for (const sheet of Array.from(doc.styleSheets)) scaleRules(doc, rulesOf(sheet));
}

/** @param {CSSStyleSheet} sheet @returns {CSSRuleList | never[]} */
export function rulesOf(sheet) {
  try {
    return sheet.cssRules;
  } catch {
    return []; // a sheet that failed to load
  }
}

/** @param {Document} doc @param {CSSRuleList | never[]} rules */
function scaleRules(doc, rules) {
  for (const rule of Array.from(rules)) {
    const { style, cssRules, selectorText } = /** @type {any} */ (rule);
    if (cssRules && !style) scaleRules(doc, cssRules);
    if (!style || !style.fontSize) continue;
    const size = /^([\d.]+)(px|pt|cm|mm|in|pc)$/.exec(style.fontSize);
    if (!size || isForDrawings(doc, selectorText)) continue;
    style.setProperty(
      "font-size",
      `calc(${style.fontSize} * var(--kios-scale, 1))`,
      style.getPropertyPriority("font-size"),
    );
  }
}

/** Whether a rule is only for what is drawn. @param {Document} doc @param {string} selector */
function isForDrawings(doc, selector) {
  try {
    return isDrawn(doc.querySelector(selector)) && Array.from(doc.querySelectorAll(selector)).every(isDrawn);
  } catch {
    return false; // no rule with a selector, or one that can't be searched for
  }
}

/** @param {Element | null} element */
function isDrawn(element) {
  return Boolean(element?.closest("svg") && !element.closest("foreignObject"));
}
