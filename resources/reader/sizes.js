// @ts-check
// Sizes that a book gives in absolute units follow the size that the user chose.

import { rulesOf } from "./rules.js";

/** Make absolute font sizes of the book follow the reader's text size, but for those of drawings:
 * their text has its room in them.
 * @param {Document} doc */
export function scaleAbsoluteSizes(doc) {
  for (const sheet of Array.from(doc.styleSheets)) scaleRules(doc, rulesOf(sheet));
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
