// @ts-check
// The size of text: running text gets the size that the user chose, whatever the book says, and all
// other text keeps its ratio to it.

import { matching } from "./rules.js";

/** @typedef {import("./chapter.js").Chapter} Chapter */

/**
 * @typedef {object} OwnSizes what the book asks for by itself, px
 * @property {number} root of <html>, which `rem` counts from
 * @property {number} body of its running text
 */

const USUAL_PX = 16; // of a browser: what the keywords below relate to
/** @type {Record<string, number>} px of each keyword */
export const KEYWORDS = {
  "xx-small": 9, "x-small": 10, "small": 13, "medium": 16, "large": 18, "x-large": 24,
  "xx-large": 32, "xxx-large": 48,
};
/** the keyword of each <font size> from 1 */
const FONT_SIZES = ["x-small", "small", "medium", "large", "x-large", "xx-large", "xxx-large"];
const USUAL_FONT = 3; // the <font size> that relative ones count from

const ABSOLUTE = /^[\d.]+(px|pt|pc|cm|mm|q|in)$/i;
const ABSOLUTE_INSIDE = /(?<![-\w.])[\d.]+(px|pt|pc|cm|mm|q|in)\b/gi;
/** Of a page, as epub/styles.py writes viewport units: text does not follow the window. */
const OF_PAGE = /var\(--page-(width|height), [^)]*\)/g;
const USUAL_PAGE = /** @type {Record<string, string>} */ ({ width: "640px", height: "800px" });
const VARIABLE = /var\((--[\w-]+)[^()]*\)/g;
const SCALE = "var(--kios-scale, 1)";

/** Make an absolute font size follow `--kios-scale`; not that of a drawing, whose text has its room
 * in it. @param {Document} doc @param {CSSStyleDeclaration} style @param {string | Element} whose */
export function scaleSize(doc, style, whose) {
  const size = style.fontSize || sizeInShorthand(style);
  if (!size || size.includes("--kios-")) return;
  const scaled = scaledSize(withVariables(doc, whose, size.replace(OF_PAGE, (_whole, side) => USUAL_PAGE[side])));
  if (!scaled || isForDrawings(doc, whose)) return;
  style.setProperty("font-size", scaled, style.getPropertyPriority("font-size"));
}

/** The size in a `font` with a variable in it, which hides its longhands.
 * @param {CSSStyleDeclaration} style @returns {string} "" for none */
function sizeInShorthand(style) {
  const font = style.getPropertyValue("font");
  if (!font.includes("var(")) return "";
  return font.split(/[\s/]+/).find((part) => ABSOLUTE.test(part) || Object.hasOwn(KEYWORDS, part)) ?? "";
}

/** A size with absolute values of variables in their place: the variables are used elsewhere too.
 * @param {Document} doc @param {string | Element} whose @param {string} size */
function withVariables(doc, whose, size) {
  if (!size.includes("var(")) return size;
  const [element] = typeof whose === "string" ? matching(doc, whose) : [whose];
  const style = element && doc.defaultView?.getComputedStyle(element);
  return size.replace(VARIABLE, (whole, name) => {
    const value = style?.getPropertyValue(name).trim() ?? "";
    return ABSOLUTE.test(value) || Object.hasOwn(KEYWORDS, value) ? value : whole;
  });
}

/** @param {string} size @returns {string} "" for one that follows another size */
function scaledSize(size) {
  if (Object.hasOwn(KEYWORDS, size)) return `calc(${KEYWORDS[size]}px * ${SCALE})`;
  if (ABSOLUTE.test(size)) return `calc(${size} * ${SCALE})`;
  if (!/^(calc|min|max|clamp)\(/.test(size) || size.search(ABSOLUTE_INSIDE) < 0) return "";
  return size.replace(ABSOLUTE_INSIDE, (length) => `(${length} * ${SCALE})`);
}

/** All sizes, by one factor. @param {number} asked px @param {OwnSizes} own @returns {string} CSS */
export function sizes(asked, own) {
  const scale = asked / own.body;
  return `:root { --kios-scale: ${scale}; font-size: ${own.root * scale}px !important; }
    ${fontSizes()}`;
}

/** Rules for <font size>, weaker than any of the book. @returns {string} CSS */
function fontSizes() {
  return FONT_SIZES.map((keyword, index) => {
    const by = index + 1 - USUAL_FONT;
    const relative = by > 0 ? `, font[size="+${by}"]` : by < 0 ? `, font[size="${by}"]` : "";
    return `:where(font[size="${index + 1}"]${relative}) {
      font-size: calc(${KEYWORDS[keyword]}px * ${SCALE}); }`;
  }).join("\n");
}

/** Whether declarations are only for what is drawn. @param {Document} doc @param {string | Element} whose */
function isForDrawings(doc, whose) {
  if (typeof whose !== "string") return isDrawn(whose);
  if (!doc.getElementsByTagName("svg").length) return false;
  const elements = matching(doc, whose);
  return elements.length > 0 && elements.every(isDrawn);
}

/** @param {Element} element */
function isDrawn(element) {
  return Boolean(element.closest("svg") && !element.closest("foreignObject"));
}

const SAMPLES = 200;
const LEAST = 400; // characters; fewer don't show what a chapter's running text is like
const MUCH = 3000; // from which a chapter's text has our size even if that of the book is another
const PRESENT = 0.1; // of a chapter's running text in the size of the book's
/** What is set in a size of its own. */
const HEADINGS = "h1, h2, h3, h4, h5, h6, sub, sup, small, rt, math, svg, button, input, select, textarea";
const APART = `${HEADINGS}, header, footer, nav, aside, blockquote, figure, table, pre, ol, ul, dl`;

/** The size of a book's running text, as the chapters that were loaded show it: one factor for all of
 * them keeps the ratios between them. */
export class BodySizes {
  constructor() {
    /** with or without the book's styles: characters of each size, px
     * @type {Map<boolean, Map<number, number>>} */
    this._known = new Map([[true, new Map()], [false, new Map()]]);
  }

  /** The sizes in a chapter without those that the user chose.
   * @param {Chapter} chapter in an empty style sheet of ours @param {boolean} styled with the book's
   * @returns {OwnSizes} */
  of(chapter, styled) {
    const px = (/** @type {Element} */ element) => (
      parseFloat(chapter.window.getComputedStyle(element).fontSize) || USUAL_PX);
    return { root: px(chapter.root), body: this._body(chapter, px, styled) };
  }

  /** @param {Chapter} chapter @param {(element: Element) => number} px @param {boolean} styled */
  _body(chapter, px, styled) {
    const known = /** @type {Map<number, number>} */ (this._known.get(styled));
    const book = most(known)[0];
    const here = samples(chapter, px, APART);
    const [size, count] = most(here);
    const characters = (count / SAMPLES) * chapter.total;
    if (book && (characters < MUCH || (here.get(book) ?? 0) >= PRESENT * sum(here))) return book;
    if (characters < LEAST) { // titles are larger than the text, and stay so
      return Math.min(most(samples(chapter, px, HEADINGS))[0] || Infinity, paragraphSize(chapter, px));
    }
    known.set(size, (known.get(size) ?? 0) + characters);
    return size;
  }
}

/** How many samples of a chapter's text have each size.
 * @param {Chapter} chapter @param {(element: Element) => number} px @param {string} apart left out
 * @returns {Map<number, number>} */
function samples({ text }, px, apart) {
  /** @type {Map<number, number>} */ const counts = new Map();
  if (!text?.total) return counts;
  for (let i = 0; i < SAMPLES; i++) {
    const owner = text.pointAt(Math.floor((i * text.total) / SAMPLES))?.node.parentElement;
    if (!owner || owner.closest(apart)) continue;
    const size = px(owner);
    counts.set(size, (counts.get(size) ?? 0) + 1);
  }
  return counts;
}

/** @param {Map<number, number>} counts */
const sum = (counts) => [...counts.values()].reduce((all, one) => all + one, 0);

/** @param {Map<number, number>} counts @returns {[number, number]} what is counted most; 0 for nothing */
const most = (counts) => [...counts].reduce((best, one) => (one[1] > best[1] ? one : best), [0, 0]);

/** The size of a paragraph that has nothing special.
 * @param {Chapter} chapter @param {(element: Element) => number} px */
function paragraphSize({ doc }, px) {
  if (!doc.body) return USUAL_PX;
  const paragraph = doc.createElementNS("http://www.w3.org/1999/xhtml", "p");
  doc.body.appendChild(paragraph);
  const size = px(paragraph);
  paragraph.remove();
  return size;
}
