// @ts-check
// The declarations of a chapter, in its style sheets and style attributes.

/** @typedef {(style: CSSStyleDeclaration, whose: string | Element) => void} Visit called with
 * declarations and the selector of their rule, or the element that has them as its attribute */

/** Visit everything that the book declares, once. Rules of fonts and pages are left out.
 * @param {Document} doc @param {Visit} visit */
export function eachStyle(doc, visit) {
  for (const sheet of Array.from(doc.styleSheets)) visitRules(rulesOf(sheet), visit);
  for (const element of Array.from(doc.querySelectorAll("[style]"))) {
    const { style } = /** @type {HTMLElement} */ (element);
    if (style) visit(style, element);
  }
}

/** @param {CSSRuleList | never[]} rules @param {Visit} visit @param {string} [around] the selector of
 * the rule that these are nested in */
function visitRules(rules, visit, around = "") {
  for (const rule of Array.from(rules)) {
    const { style, selectorText = around, cssRules, styleSheet } = /** @type {any} */ (rule);
    if (style && selectorText && !isApart(rule)) visit(style, selectorText);
    if (cssRules) visitRules(cssRules, visit, selectorText);
    if (styleSheet) visitRules(rulesOf(styleSheet), visit); // @import
  }
}

/** @param {CSSRule} rule */
const isApart = (rule) => rule instanceof CSSFontFaceRule || rule instanceof CSSPageRule;

/** Whether a book has rules for windows of some size. @param {Document} doc @returns {boolean} */
export function asksForSizes(doc) {
  const asks = (/** @type {CSSRuleList | never[]} */ rules) => Array.from(rules).some((rule) => {
    const { media, cssRules, styleSheet } = /** @type {any} */ (rule);
    return OF_SIZE.test(media?.mediaText ?? "") || (media && cssRules && asks(cssRules)) ||
      (styleSheet && asks(rulesOf(styleSheet)));
  });
  return Array.from(doc.styleSheets).some((sheet) => OF_SIZE.test(sheet.media.mediaText) || asks(rulesOf(sheet)));
}

const OF_SIZE = /width|height|orientation|aspect/;

/** @param {CSSStyleSheet} sheet @returns {CSSRuleList | never[]} */
export function rulesOf(sheet) {
  try {
    return sheet.cssRules;
  } catch {
    return []; // a sheet that failed to load
  }
}

/** Whether a sheet is part of a drawing, which is not itself without it: it stands in one, or the
 * chapter is nothing but one. @param {CSSStyleSheet} sheet */
export function isOfDrawing({ ownerNode }) {
  if (/** @type {Element | null} */ (ownerNode)?.closest?.("svg")) return true;
  const shown = ownerNode?.ownerDocument?.body?.children;
  return shown?.length === 1 && shown[0].localName === "svg";
}

/** The elements that a selector names; none where it has a prefix or a pseudo-element that can't be
 * searched for. @param {ParentNode} root @param {string} selector @returns {Element[]} */
export function matching(root, selector) {
  try {
    return Array.from(root.querySelectorAll(selector));
  } catch {
    return [];
  }
}
